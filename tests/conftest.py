"""What all tests may use: pytester, for the tests of the plugin. Its folder must be named on the command line."""

pytest_plugins = ["pytester"]
