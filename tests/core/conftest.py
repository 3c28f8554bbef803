"""The same examples in every run."""

from hypothesis import settings

settings.register_profile("core", derandomize=True, deadline=None, max_examples=80)
settings.load_profile("core")
