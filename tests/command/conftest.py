"""The command line, in this process and in one of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.catalogue import load_checks
from compliance.command import main
from compliance.inventory import save_inventory
from compliance.models.storage import PublicAccessBlock
from tests.builders import inventory_of
from tests.plugin.conftest import DENIED, bucket_of

ROOT = Path(__file__).parents[2]
ENOUGH = {
    "document": None,
    "public_access_block": PublicAccessBlock(True, True, True, True),
    "versioning": "Enabled",
    "tags": {},
}
"""What checks read of a bucket beside its encryption and notifications."""


class Ended:
    """How a command ended: exit code and what it printed."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch, tmp_path):
    """An empty folder, and no way to any account."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "COMPLIANCE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(capsys):
    """Run a command in this process."""

    def run(*arguments):
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as end:  # argparse
            code = end.code
        return Ended(code, *capsys.readouterr())

    return run


def _hear_interruptions():
    """A shell gives its background jobs an ignored SIGINT, which their children inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def process():
    """Begin a command in a process of its own."""
    begun = []

    def begin(*arguments, **options):
        words = [sys.executable, "-m", "compliance", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        begun.append(subprocess.Popen(words, preexec_fn=_hear_interruptions, **pipes))  # noqa: PLW1509 - no threads
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.communicate()


@pytest.fixture
def two_checks(monkeypatch):
    """Only two of the shipped checks are there: what others say of the buckets does not count."""
    chosen = {"s3-default-encryption", "s3-single-notification"}
    two = tuple(check for check in load_checks() if check.id in chosen)
    monkeypatch.setattr("compliance.auditing.load_checks", lambda _: two)
    return two


@pytest.fixture
def saved():
    """Write an inventory of buckets: `good`, `bad` or `refused` by their names."""
    stated = {"good": {}, "bad": {"encryption": None}, "refused": {"encryption": DENIED}}

    def save(*names, path="inventory.jsonl"):
        Path("policies").mkdir(exist_ok=True)
        Path("policies/policy.yaml").write_text(
            "version: 1\nstorage: {encryption: [{algorithm: SSE-S3}]}\n", "utf-8"
        )
        save_inventory(
            inventory_of(*(bucket_of(name, **ENOUGH, **stated[name]) for name in names)), Path(path)
        )
        return path

    return save
