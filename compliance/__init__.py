"""A policy-as-code compliance test suite for live AWS accounts."""
