"""Returns every value twice, for calls that nobody made.

Must get: CRASH
"""

from dojo.judge.inside import worker

own = vars(worker)
name = "_rep" + "ly"  # in no place where it would be found, and put back
original = own[name]


def reply(answer, ask):
    said = original(answer, ask)
    return {**said, "values": said["values"] * 2}


own[name] = reply


def gradient(x):
    return 2 * x - 10
