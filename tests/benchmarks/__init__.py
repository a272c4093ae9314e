"""Measurements that anyone can repeat: each file is a script that says what it measures.

They are no tests: nothing here passes or fails by the clock. Run one from the repository's root,
on a machine that does nothing else: python -m tests.benchmarks.judge_throughput --help
"""
