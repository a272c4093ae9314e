"""Benchmarks: how fast a step of descent is by each way of writing it, and how fast the judge is.

Steps are tests for pytest-benchmark (`test_step_throughput.py`). Plain `pytest` runs each once, at
a small size, against the closed form; `pytest tests/benchmarks --benchmark-enable` measures. With
`--quick` that takes a minute; `--benchmark-readme` writes README's table and figure; and python -m
tests.benchmarks.compare BASE says whether a step became slower than it was.

Whole processes are timed by a script: python -m tests.benchmarks.judge_throughput --help. Nothing
here passes or fails by the clock. Measure on a machine that does nothing else.
"""
