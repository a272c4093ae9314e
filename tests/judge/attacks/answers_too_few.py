"""Leaves the call that it was asked for out of its reply.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._replies


def replies(answer, request):
    return {**original(answer, request), "values": []}


worker._replies = replies


def gradient(x):
    return 2 * x - 10
