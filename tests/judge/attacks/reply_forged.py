"""Replaces the worker's own reply by one that breaks its shape.

Must get: CRASH
"""

from dojo.judge.inside import worker

own = vars(worker)
name = "_rep" + "ly"  # in no place where it would be found, and put back
original = own[name]


def reply(answer, ask):
    return {**original(answer, ask), "seen": {"0": {"attached": "no", "changed": 3}}}


own[name] = reply


def gradient(x):
    return 2 * x - 10
