"""Returns every value twice, for calls that nobody made.

Must get: CRASH
"""

from dojo.judge import worker

original = worker._replies


def replies(answer, request):
    reply = original(answer, request)
    return {**reply, "values": reply["values"] * 2}


worker._replies = replies


def gradient(x):
    return 2 * x - 10
