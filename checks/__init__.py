"""The rules. Each is a pure function over one resource; what it needs to know is beside it as data."""
