"""The pytest plugin where katas are practised: see plugin.py for what it adds to pytest."""
