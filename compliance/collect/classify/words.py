"""What an output's key says that its value is: its words, looked up from the end. Knows no shapes."""

import re
from functools import lru_cache

from compliance.collect.classify.meaning import PLAIN, Found, Unclear
from compliance.collect.classify.vocabulary import MEANINGS, NAMING, PLACES

# CDK appends eight hexadecimal digits to a logical id, and again to an export of it.
_CDK_EXPORT = re.compile(r"^ExportsOutput(?:Ref|FnGetAtt)(?=[A-Z])")
_CDK_HASH = re.compile(r"(?<=[A-Za-z0-9])(?:[0-9A-F]{8}){1,2}(?=$|[A-Z][a-z]|[_-])")
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_ENDS_IN_S = frozenset(
    {"access", "address", "alias", "aws", "class", "dns", "kms", "rds", "sns", "sqs", "status"}
)
_LONGEST_PHRASE = 3
_MAX_KEY_LENGTH = 256


def words_of(key: str) -> tuple[str, ...]:
    """Split a key into words, lower case and singular, without digits, CDK hashes and a `Stack.` in front."""
    return tuple(map(_singular, _written_words(key)))


@lru_cache(maxsize=4096)
def worded_meaning(key: str, member: str = "") -> Found | None:
    """What the key says of its value, a string being a kind of resource; None when it says nothing.

    The last phrase that means anything decides, words that merely name it apart. A member of an object is
    read with the object's key in front. Members whose keys mean nothing are what a plural key says:
    `{"bucket_names": {"data": …, "logs": …}}`.
    """
    found = _meaning_of(words_of(key) + words_of(member))
    if found is None and member and _is_plural(key):
        return _meaning_of(words_of(key))
    return found


def _meaning_of(words: tuple[str, ...]) -> Found | None:
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - _LONGEST_PHRASE), end):
            phrase = " ".join(words[start:end])
            if phrase in MEANINGS:
                return MEANINGS[phrase]
        last = words[end - 1]
        if last in PLACES:
            return _place_of(_meaning_of(words[: end - 1]))
        if last not in NAMING and len(last) > 1:
            return None
    return None


def _place_of(found: Found | None) -> Found:
    if isinstance(found, str):
        return Unclear(f"it says where a {found} answers, but not which one")
    return PLAIN


def _written_words(key: str) -> list[str]:
    name = _CDK_EXPORT.sub("", key[-_MAX_KEY_LENGTH:].rpartition(".")[2])
    return [word.lower() for word in _WORD.findall(_CDK_HASH.sub("", name))]


def _is_plural(key: str) -> bool:
    return any(_singular(word) != word for word in _written_words(key))


def _singular(word: str) -> str:
    if word in _ENDS_IN_S or not word.endswith("s"):
        return word
    return f"{word.removesuffix('ies')}y" if word.endswith("ies") else word.removesuffix("s")
