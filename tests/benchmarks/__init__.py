"""Benchmarks: how fast a step of descent is by each way of writing it, and how fast the judge is.

Steps are tests for pytest-benchmark (`test_step_throughput.py`). Plain `pytest` runs each once, at
a small size, against the closed form; `pytest tests/benchmarks --benchmark-enable` measures. Whole
processes are timed by a script (`judge_throughput.py`): python -m tests.benchmarks.judge_throughput
--help. Nothing here passes or fails by the clock. Measure on a machine that does nothing else.
"""
