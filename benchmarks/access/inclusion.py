"""How fast the engine answers over a corpus of realistic documents, and how often it doesn't know.

Run: python benchmarks/access/inclusion.py [documents]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent))

from corpus import ACCOUNT, document, edited, read_only, services

from compliance.access import Answer, Document, Layers, Proved, catalogue, each, included, parse

Pair = tuple[Document, Document]
SENSITIVE = 129


def measure(name: str, pairs: Iterable[Pair], ask: Callable[[Document, Document], Answer]) -> None:
    """Print answers and times of one kind of question."""
    answers: Counter[str] = Counter()
    times = []
    for one, other in pairs:
        begin = perf_counter()
        answers[type(ask(one, other)).__name__] += 1
        times.append((perf_counter() - begin) * 1000)
    times.sort()
    p99 = times[int(len(times) * 0.99)]
    print(f"{name:34} {len(times):5} asked  median {median(times):7.2f} ms  p99 {p99:7.1f} ms  "
          f"max {times[-1]:7.1f} ms  {dict(answers)}")  # fmt: skip


def main(count: int) -> None:
    """Generate the corpus and ask."""
    random, names = Random(7), services()
    sources = [document(random, names) for _ in range(count)]
    corpus = [parse(source) for source in sources]
    today = [parse(edited(random, source, names)) for source in sources]
    reference = parse(read_only(names))

    def within(p: Document, q: Document) -> Answer:
        return included([p], [q])

    print(f"{count} documents, {sum(len(d.statements) for d in corpus)} statements")
    measure("within a read-only reference", ((document, reference) for document in corpus), within)
    measure("within another document", zip(corpus, random.sample(corpus, count), strict=True), within)
    measure("today within yesterday", zip(today, corpus, strict=True), within)
    measure("yesterday within today", zip(corpus, today, strict=True), within)
    measure("effective permissions, 129 actions", principals(random, corpus, names), effective)


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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1200)
