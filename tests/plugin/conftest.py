"""Repositories that use the plugin, made for one test each, and inventories that were saved for all tests.

The runs are in this process unless a test says otherwise: starting a process costs more than the run.
"""

import json
import os
import sys
from pathlib import Path

import pytest

import compliance.collect.collect  # noqa: F401 - pytester would import it anew for each run
from compliance.catalogue import load_checks
from compliance.evidence import Cause, Unreadable
from compliance.inventory import save_inventory
from compliance.models import Bucket
from compliance.models.deployment import Unclassified
from compliance.models.storage import Algorithm, Encryption
from tests.builders import ACCOUNT, REGION, inventory_of, made

ROOT = Path(__file__).parents[2]
CONFTEST = 'pytest_plugins = ["compliance.plugin"]\n'

ENCRYPTED = Encryption(Algorithm.SSE_S3, None, bucket_key=False)
DENIED = Unreadable(
    Cause.DENIED, "s3:GetBucketEncryption", "AccessDenied", "no", "s3:GetEncryptionConfiguration"
)
CHECK = "s3-default-encryption"
# It is imported anew in each run, which takes longer than all the rest.
QUICK = ("-p", "no:hypothesispytest")
# What is not about the number of checks names those that it is about: more will be shipped.
ON_BUCKETS = tuple(
    f"checks/storage.py::{id_}"
    for id_ in ("s3-default-encryption", "s3-notification-delivers", "s3-single-notification")
)
ON_FLOW_LOGS = tuple(
    f"checks/flow_logs.py::{id_}" for id_ in ("flow-log-delivers", "flow-log-enabled", "flow-log-role")
)
HERE = "checks/storage.py::s3-default-encryption[111122223333/eu-west-1/Bucket/{}]"


def bucket_of(name, *, encryption=ENCRYPTED, output=None, **facts):
    known = {"encryption": encryption, "notifications": (), "document": None}
    return made(Bucket, name, output=output, **(known | facts))


def shipped_items(*names):
    """Id and check of each item of the shipped checks, where buckets of these names are all there is."""
    return {
        f"checks/{check.path.name}::{check.id}[{ACCOUNT}/{REGION}/{kind.__name__}/{name}]": check
        for check in load_checks()
        for kind in check.kinds
        for name in ((kind is Bucket and names) or ("(none)",))
    }


class Repository:
    """A repository of somebody who uses the plugin, and how a run of pytest in it ends."""

    def __init__(self, pytester):
        self.pytester = pytester
        self.path = pytester.path
        pytester.makeconftest(CONFTEST)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def policy(self, text):
        return self.write("policies/policy.yaml", f"version: 1\n{text}")

    def save(self, *places, name="inventory.jsonl", **run):
        save_inventory(inventory_of(*places, **run), self.path / name)
        return self.path / name

    def run(self, *arguments):
        return self.run_with_cache(*arguments, "-p", "no:cacheprovider")

    def run_with_cache(self, *arguments):
        return self.pytester.runpytest_inprocess(*arguments, *QUICK)

    def run_apart(self, *arguments, python=()):
        """In a process of its own."""
        command = [sys.executable, *python, "-m", "pytest", *QUICK, *map(str, arguments)]
        return self.pytester.run(*command)

    def findings(self, name="findings.jsonl"):
        return [json.loads(line) for line in (self.path / name).read_text("ascii").splitlines()]


@pytest.fixture
def repository(pytester, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("AWS_", "COMPLIANCE_", "PYTEST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # No credentials and no way to get any: whoever asks AWS fails at once.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    return Repository(pytester)


MIXED = ("good", "bad", "refused", "waived")


@pytest.fixture
def mixed(repository):
    """A repository with a saved inventory and a policy under which every verdict occurs."""
    repository.policy(
        """
storage:
  encryption:
    - select: {name: "other-*"}
      algorithm: any
    - algorithm: SSE-S3
waivers:
  - check: s3-default-encryption
    select: {name: waived}
    owner: storage team
    reason: moves next month
    expires: 2026-04-01
"""
    )
    repository.save(
        bucket_of("good", output="GoodBucket"),
        bucket_of("bad", encryption=None, output="BadBucket"),
        bucket_of("refused", encryption=DENIED),
        bucket_of("waived", encryption=None),
        expected=2,
        outputs={"GoodBucket": "good", "BadBucket": "bad"},
        unclassified=(Unclassified("Colour", "blue", "names nothing that is known"),),
        calls={"s3:GetBucketEncryption": 4},
    )
    return repository


def listed(result):
    """The ids that `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def summary(result):
    """The lines of the summary."""
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if line.strip("= ") == "compliance")
    end = next(number for number, line in enumerate(lines) if number > start and line.startswith("="))
    return lines[start + 1 : end]
