"""One line: the plugin."""

pytest_plugins = ["compliance.plugin"]
