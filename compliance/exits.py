"""Exit codes of `pytest` and `python -m compliance`; documented in the README.

0: everything judged, and nothing violated. 1: at least one violation, or a plain test failed.
2: interrupted. 4: something given is unusable. 10: no violation, but something could not be judged, or too
little was.
"""

EXIT_OK = 0
EXIT_VIOLATIONS = 1
EXIT_INTERRUPTED = 2
EXIT_USAGE = 4
EXIT_INCOMPLETE = 10
EXIT_PIPE = 141
