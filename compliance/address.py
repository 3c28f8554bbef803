"""Where a resource is: `account/region/Kind/name`, the same in every run and every report."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote

GLOBAL = "global"
"""The region of resources that belong to none, such as roles."""

# Everything printable may stay; `::` would split pytest's node ids, `%` is the escape itself.
_KEPT = "".join(map(chr, range(0x21, 0x7F))).replace("%", "").replace(":", "")
# A name out of JSON may hold half a surrogate pair.
_ERRORS = "surrogatepass"


@dataclass(frozen=True, order=True)
class Address:
    """A resource's place and name. Ordered by account, region, kind, name.

    `text` is free of white space, control characters and `::`; `Address.parse` reads it back.
    """

    account: str
    region: str
    kind: str
    name: str

    @cached_property
    def text(self) -> str:
        """`account/region/Kind/name` with unprintable characters and `::` percent-encoded."""
        return f"{self.account}/{self.region}/{self.kind}/{_encoded(self.name)}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The address that `text` writes. Raises ValueError: it has fewer than four parts."""
        account, region, kind, name = text.split("/", 3)
        return cls(account, region, kind, unquote(name, errors=_ERRORS))

    def __str__(self) -> str:
        return self.text


def _encoded(name: str) -> str:
    encoded = quote(name, safe=_KEPT + ":", errors=_ERRORS)
    while "::" in encoded:
        encoded = encoded.replace("::", "%3A%3A")
    return encoded
