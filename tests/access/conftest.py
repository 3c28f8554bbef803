"""Builders that hide what a test isn't about."""

from hypothesis import settings

settings.register_profile("stable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("stable")
