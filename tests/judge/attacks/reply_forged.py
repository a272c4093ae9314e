"""Replaces the worker's own reply by one that breaks its shape.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._reply


def reply(answer, ask):
    return {**original(answer, ask), "seen": {"0": {"attached": "no", "changed": 3}}}


worker._reply = reply


def gradient(x):
    return 2 * x - 10
