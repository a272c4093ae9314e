"""Returns every value twice, for calls that nobody made.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._reply


def reply(answer, ask):
    said = original(answer, ask)
    return {**said, "values": said["values"] * 2}


worker._reply = reply


def gradient(x):
    return 2 * x - 10
