"""The code blocks of the examples' READMEs run."""

import re
from pathlib import Path

import pytest

READMES = sorted((Path(__file__).parents[2] / "examples").glob("*/README.md"))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_the_code_block_runs(readme, monkeypatch):
    monkeypatch.syspath_prepend(str(readme.parents[2]))
    (block,) = re.findall(r"```python\n(.*?)```", readme.read_text(), flags=re.DOTALL)
    names = {}
    exec(compile(block, str(readme), "exec"), names)
    assert names["outputs"]["VpcId"].startswith("vpc-")
