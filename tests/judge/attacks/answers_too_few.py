"""Leaves the call that it was asked for out of its reply.

Must get: CRASH
"""

from dojo.judge.inside import worker

own = vars(worker)
name = "_rep" + "ly"  # in no place where it would be found, and put back
original = own[name]


def reply(answer, ask):
    return {**original(answer, ask), "values": []}


own[name] = reply


def gradient(x):
    return 2 * x - 10
