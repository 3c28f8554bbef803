"""What all tests may use: pytester. pytest loads it, since the folder is on the command line."""

pytest_plugins = ["pytester"]
