"""Replaces the worker's own reply by one that breaks its shape.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._replies


def replies(answer, request):
    return {**original(answer, request), "seen": {"0": {"attached": "no", "changed": 3}}}


worker._replies = replies


def gradient(x):
    return 2 * x - 10
