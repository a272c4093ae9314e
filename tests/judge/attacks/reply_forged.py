"""Replaces the worker's own reply by one that breaks its shape.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._reply


def reply(answer, request):
    return {**original(answer, request), "seen": {"attached": "no", "changed": 3}}


worker._reply = reply


def gradient(x):
    return 2 * x - 10
