"""`python -m compliance`: the same as the pytest plugin, without pytest."""

import sys

from compliance.command import main

if __name__ == "__main__":
    sys.exit(main())
