"""The pytest plugin: `pytest_plugins = ["compliance.plugin"]` in a repository's root conftest.py.

Collects once in the controller, makes one item per check and resource, and leaves judging to the items.
"""

from compliance.plugin.fixtures import *  # noqa: F403 - pytest finds fixtures by their names here
from compliance.plugin.fixtures import pytest_generate_tests, pytest_itemcollected
from compliance.plugin.items import pytest_make_collect_report
from compliance.plugin.options import pytest_addoption
from compliance.plugin.outcomes import (
    pytest_runtest_makereport,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from compliance.plugin.session import (
    pytest_collection,
    pytest_configure,
    pytest_configure_node,
    pytest_report_header,
    pytest_unconfigure,
    pytest_xdist_setupnodes,
)

__all__ = [
    "pytest_addoption",
    "pytest_collection",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_generate_tests",
    "pytest_itemcollected",
    "pytest_make_collect_report",
    "pytest_report_header",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "pytest_xdist_setupnodes",
]
