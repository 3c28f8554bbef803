"""How fast the engine answers over a corpus of realistic documents, and how often it doesn't know.

Run: python benchmarks/access/inclusion.py [documents [file.json]]. Times are CPU time. What only the first
questions pay, such as reading the catalogue, is a line of its own: "warm-up".
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from corpus import ACCOUNT, document, edited, read_only, services  # noqa: E402  beside this file

from compliance.access import (  # noqa: E402  above this folder
    Answer,
    Document,
    Layers,
    Proved,
    catalogue,
    each,
    included,
    parse,
)

Pair = tuple[Document, Document]
Row = dict[str, Any]
SENSITIVE, WARM_UP = 129, 100


def measure(name: str, pairs: Iterable[Pair], ask: Callable[[Document, Document], Answer]) -> Row:
    """Print and give answers and times of one kind of question."""
    answers: Counter[str] = Counter()
    times = []
    for one, other in pairs:
        begin = process_time()
        answers[type(ask(one, other)).__name__] += 1
        times.append((process_time() - begin) * 1000)
    times.sort()
    p99 = round(times[int(len(times) * 0.99)], 1)
    row = {"question": name, "asked": len(times), "median_ms": round(median(times), 2),
           "p99_ms": p99, "max_ms": round(times[-1], 1), **answers}  # fmt: skip
    print("  ".join(f"{key} {value}" for key, value in row.items()))
    return row


def main(count: int, file: Path | None = None) -> None:
    """Generate the corpus and ask."""
    random, names = Random(7), services()
    sources = [document(random, names) for _ in range(count)]
    corpus = [parse(source) for source in sources]
    today = [parse(edited(random, source, names)) for source in sources]
    reference = parse(read_only(names))

    def within(p: Document, q: Document) -> Answer:
        return included([p], [q])

    print(f"{count} documents, {sum(len(d.statements) for d in corpus)} statements")
    first = [parse(document(Random(seed), names)) for seed in range(WARM_UP)]
    sensitive = "effective permissions, 129 actions"
    rows = [
        measure("warm-up", ((item, reference) for item in first), within),
        measure("within a read-only reference", ((item, reference) for item in corpus), within),
        measure("within another", zip(corpus, random.sample(corpus, count), strict=True), within),
        measure("today within yesterday", zip(today, corpus, strict=True), within),
        measure("yesterday within today", zip(corpus, today, strict=True), within),
        measure(sensitive, principals(random, corpus, names), effective),
    ]
    if file is not None:
        file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def principals(random: Random, corpus: list[Document], names: list[str]) -> Iterable[Pair]:
    """Give principals with 3 to 10 policies, as one document each, and sensitive actions to look for."""
    actions = [catalogue.spelling(name) for service in names for name in catalogue.published(service)]
    for _ in range(100):
        chosen = random.sample(corpus, random.randint(3, 10))
        merged = Document("2012-10-17", tuple(s for item in chosen for s in item.statements))
        sensitive = {"Effect": "Allow", "Action": random.sample(actions, SENSITIVE), "Resource": "*"}
        yield merged, parse({"Statement": sensitive})


_FULL = parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_GUARD = parse({
    "Statement": [
        {"Effect": "Deny", "Action": ["organizations:*", "account:*"], "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "s3:*"], "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}},
    ]
})  # fmt: skip


def effective(own: Document, sensitive: Document) -> Answer:
    """Ask for each sensitive action apart, under a boundary and three SCP levels."""
    layers = Layers((own,), boundaries=(_FULL,), scps=((_FULL,), (_FULL, _GUARD), (_FULL,)))
    answers = each(layers, sensitive, f"arn:aws:iam::{ACCOUNT}:role/app").values()
    return next((answer for answer in answers if not isinstance(answer, Proved)), next(iter(answers)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1200, Path(sys.argv[2]) if len(sys.argv) > 2 else None)  # noqa: PLR2004
