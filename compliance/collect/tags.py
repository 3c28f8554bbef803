"""Tags, which AWS spells in five ways, as one mapping."""

from collections.abc import Iterable, Mapping


def tags_of(rows: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags from rows of Key/Value, key/value or TagKey/TagValue; absent means none. Sorted by key."""
    tags: dict[str, str] = {}
    for row in rows or ():
        lowered = {key.lower().removeprefix("tag"): value for key, value in row.items()}
        tags[lowered["key"]] = lowered.get("value", "")
    return dict(sorted(tags.items()))
