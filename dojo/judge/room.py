"""How much an answer may reply to what it is asked: some times as much as a right answer does.

So the judge's own work for a reply is bounded before a byte of it is read.
"""

from __future__ import annotations

from dojo.calling.calls import InProcess
from dojo.judge.wire.codec import WIDE, Room, room_of
from dojo.judge.wire.messages import Ask
from dojo.opening.answers import Answer

TIMES = 4  # as much as a right answer holds
# beside that, for what was seen and for faults, and in steps that tell an answer nothing
STRUCTURE, PAYLOAD, VALUES = 1 << 16, 1 << 18, 1 << 11


def room_for(solution: Answer, ask: Ask) -> Room:
    """Return the room for a reply: what the solution's reply takes, some times over, rounded up."""
    door = InProcess(solution)
    made = door.calls(ask.name, ask.each, ask.kwargs, count="", away=False)
    right = room_of([call.value for call, _ in made])
    return Room(
        min(_stepped(right.structure, STRUCTURE), WIDE.structure),
        min(_stepped(right.payload, PAYLOAD), WIDE.payload),
        min(_stepped(right.values, VALUES), WIDE.values),
    )


def _stepped(size: int, step: int) -> int:
    return step * (1 + -(-TIMES * size // step))
