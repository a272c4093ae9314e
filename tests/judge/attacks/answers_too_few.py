"""Leaves the call that it was asked for out of its reply.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._reply


def reply(answer, ask):
    return {**original(answer, ask), "values": []}


worker._reply = reply


def gradient(x):
    return 2 * x - 10
