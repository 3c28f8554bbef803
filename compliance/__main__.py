"""`python -m compliance`: the same as the pytest plugin, without pytest."""

from compliance.command import console

if __name__ == "__main__":
    console()
