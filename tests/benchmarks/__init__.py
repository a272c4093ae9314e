"""Benchmarks: how fast the katas' code is, and how fast the judge is.

What is timed stands in a group beside what one would use instead, and beside what the hardware
allows. Each implementation is first checked against a known result. Plain `pytest` runs every
benchmark once, at a small size, for that check; `pytest tests/benchmarks --benchmark-enable`
measures. Nothing here fails because a clock said so: a time is for a table, not for an assertion.
"""
