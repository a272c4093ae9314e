"""What a worker is asked, ready to be sent, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire.codec import NUMBER, WIDE, Malformed, Room, unpack
from dojo.judge.wire.messages import Ask, Made, read_reply


@dataclass(frozen=True)
class Asked:
    """What one test asks of one function, ready to be sent, and the room for its reply."""

    name: str
    frame: bytes
    room: Room = WIDE


@dataclass(frozen=True)
class Reply:
    """What came of an ask: a frame, or the end of the worker; and what was printed meanwhile."""

    frame: bytes = b""
    room: Room = WIDE
    gone: WorkerGone | None = None
    printed: str = ""

    @property
    def digest(self) -> bytes:
        """What replies alike have in common; empty if there is none."""
        return sha256(memoryview(self.frame)[NUMBER:]).digest() if self.gone is None else b""

    def read(self, ask: Ask, path: Path) -> list[Made]:
        """Return the calls that were made. Errors: WorkerGone."""
        if self.gone is not None:
            raise WorkerGone(self.gone.verdict, self.gone.message, self.gone.function)
        try:
            return read_reply(ask, unpack(self.frame, self.room), path)
        except Malformed as error:
            why = f"{ask.name} forged its reply ({error})."
            raise WorkerGone(Verdict.CRASH, why, ask.name) from None
