"""The pytest plugin where katas are practised: see plugin.py for what it adds to pytest.

(PYTEST_DONT_REWRITE: pytest would warn that a process which stands by has it imported already.)
"""
