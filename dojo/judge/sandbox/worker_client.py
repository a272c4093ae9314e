"""A worker seen from the judge: asked, waited for no longer than allowed, and killed.

Nothing that comes from it is believed: it may be wrong, late, endless, or no reply at all.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dojo.judge.sandbox.clock import Clock, is_living_on
from dojo.judge.sandbox.forkserver import ready
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire import codec

PRINTED = 1 << 16  # bytes that are kept of what a worker prints
MUCH = 256  # MiB that it may print: what prints more does not end, and is not waited for
PIECE = 1 << 20
QUIET = 0.05  # seconds until the judge looks itself: most of what it asks is answered before
EXIT = 1.0  # seconds for ending, once the channel is closed
SPOKE = "wrote on the judge's channel"
NO_MEMORY = "asked for more memory than it may have"


@dataclass(frozen=True)
class Ends:
    """The judge's ends of what leads to a worker.

    channel:  asks go in, replies come out
    output:   where what is printed comes out
    doorbell: rings when all that was asked at once is answered; that nothing else wakes the judge
              spares both processes a turn for each reply
    """

    channel: socket.socket
    output: int
    doorbell: int

    def close(self) -> None:
        """Hang up."""
        self.channel.close()
        os.close(self.output)
        os.close(self.doorbell)


class WorkerClient:
    """The process that runs one submission's file.

    described: what it said of its file: its functions, and whom they call
    """

    def __init__(self, pidfd: int, ends: Ends, reap: Callable[[bool], int]) -> None:
        self._pidfd, self._held, self._reap, self._closed = pidfd, ends, reap, False
        self._channel, self._output = ends.channel, ends.output
        self._asked = self._replied = 0
        self._unsent, self._heard = b"", bytearray()
        self._printed, self._kept, self._poured = bytearray(), 0, 0
        self._clock, self._allowed, self._spent = Clock(pidfd), 0.0, 0.0
        self._channel.setblocking(False)
        os.set_blocking(self._output, False)
        os.set_blocking(ends.doorbell, False)
        self._sleeping, self._hearing, self._telling = (select.poll() for _ in range(3))
        self._sleeping.register(self._channel, 0)  # tells that it was closed: always told
        self._sleeping.register(ends.doorbell, select.POLLIN)
        for poll, event in ((self._hearing, select.POLLIN), (self._telling, select.POLLOUT)):
            poll.register(self._channel, event)
            poll.register(self._output, select.POLLIN)
        self.described: dict[str, Any] = {}

    def ask(self, message: dict[str, Any], seconds: float, who: str = "it") -> dict[str, Any]:
        """Send a message and return the reply, a dict of any data. Errors: as `hear`."""
        self.tell([codec.pack(message)])
        reply = codec.unpack(self.hear(seconds, who))
        if type(reply) is not dict:
            self.close()
            raise WorkerGone(Verdict.CRASH, f"{who} {SPOKE} (that is no reply).")
        return reply

    def tell(self, frames: Sequence[bytes]) -> None:
        """Ask for as many replies as there are frames; `hear` returns each, in turn."""
        numbers = range(self._asked, self._asked + len(frames))
        numbered = [codec.numbered(one, n) for one, n in zip(frames, numbers, strict=True)]
        self._unsent = codec.message_of(numbered)
        self._asked += len(frames)

    def hear(self, seconds: float, who: str = "it", room: codec.Room = codec.WIDE) -> bytearray:
        """Return the frame of the next reply, which must have room.

        The seconds are those of the worker's own clock, from the reply before.
        Errors: WorkerGone, which speaks of `who`, if the worker takes longer, ends, or sends
        anything but the one reply that is due; it is closed by then.
        """
        self._allowed = seconds
        try:
            if not self._is_heard(room):
                self._wait_for_reply(room)
            return self._frame(room)
        except TimeoutError:
            long, much = f"took longer than {seconds:.3g} s", f"printed more than {MUCH} MiB"
            why = Verdict.TIMEOUT, much if self._poured > MUCH << 20 else long
            self.close()
        except codec.Malformed as error:
            self.close()
            why = Verdict.CRASH, f"{SPOKE} ({error})"
        except (EOFError, OSError):
            ended = self._ends()
            status = self.close(wait=True)
            why = _how_it_ended(status) if ended else (Verdict.CRASH, "closed the judge's channel")
        raise WorkerGone(why[0], f"{who} {why[1]}.")

    def spent(self) -> float:
        """Return the seconds for which it kept the judge waiting since this was last asked."""
        spent, self._spent = self._spent, 0.0
        return spent

    def printed(self) -> list[str]:
        """Return what each ask printed since this was last asked; the last may go on.

        Of all that it prints in its life, the first 64 KiB are kept.
        """
        if not self._closed:
            self._drain()
        parts = bytes(self._printed).split(codec.END_OF_OUTPUT)
        self._printed.clear()
        return [part.decode("utf-8", "replace") for part in parts]

    @property
    def closed(self) -> bool:
        """Whether it was killed, or has ended."""
        return self._closed

    def close(self, *, wait: bool = False) -> int:
        """Kill it, whatever it is doing; if asked to wait, return how it ended, a wait status."""
        if self._closed:
            return 0
        self._closed = True
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        try:
            return self._reap(wait)
        finally:
            self._drain()
            self._held.close()
            self._clock.close()
            os.close(self._pidfd)

    def _hear_nothing(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._channel.recv(1):
                raise codec.Malformed("it spoke before it was asked")
            raise EOFError

    def _ends(self) -> bool:
        """Whether it ends by itself: its channel closes a moment before, when it has begun to."""
        if is_living_on(self._pidfd):  # it closed the channel itself
            return False
        self._allowed = self._clock.seconds + EXIT
        while (left := self._clock.left(self._allowed)) and not ready(self._pidfd, left):
            pass
        return ready(self._pidfd)

    def _send(self) -> None:
        left = memoryview(self._unsent)
        while left:
            try:
                left = left[self._channel.send(left) :]
            except BlockingIOError:
                self._wait(self._telling)
        self._unsent = b""

    def _wait_for_reply(self, room: codec.Room) -> None:
        """Send what was told, and read until the next reply is here, on the worker's clock."""
        self._clock.start()
        try:
            if self._unsent:
                self._hear_nothing()
                self._send()
            self._sleep()
            while not self._is_heard(room):
                self._read_on()
        finally:
            self._spent += self._clock.seconds

    def _sleep(self) -> None:
        """Wait until the worker rings, or is gone, or is quiet for long."""
        if self._sleeping.poll(min(QUIET, self._clock.left(self._allowed)) * 1000):
            with contextlib.suppress(BlockingIOError):
                os.read(self._held.doorbell, PRINTED)

    def _is_heard(self, room: codec.Room) -> bool:
        """Whether the next reply is here, all of it. Errors: Malformed where it has no room."""
        size = codec.frame_size(self._heard, room)
        return bool(size) and len(self._heard) >= size

    def _read_on(self) -> None:
        """Read what is there, once something is."""
        self._wait(self._hearing)
        with contextlib.suppress(BlockingIOError):
            piece = self._channel.recv(PIECE)
            if not piece:
                raise EOFError
            self._heard += piece

    def _frame(self, room: codec.Room) -> bytearray:
        """Take the next reply from what is here. Errors: Malformed if it is not the one due."""
        size = codec.frame_size(self._heard, room)
        frame = self._heard[:size]
        del self._heard[:size]
        if codec.number_of(frame) != self._replied:
            raise codec.Malformed("that is the reply to another call")
        self._replied += 1
        if self._heard and self._replied == self._asked:
            raise codec.Malformed("it spoke before it was asked")
        return frame

    def _wait(self, poll: select.poll) -> None:
        """Wait until the channel can be used; what is printed meanwhile is taken, or it stops."""
        while self._poured <= MUCH << 20 and (left := self._clock.left(self._allowed)):
            ready = [descriptor for descriptor, _ in poll.poll(left * 1000)]
            if self._output in ready and not self._drain():
                self._hearing.unregister(self._output)  # it was closed there
                self._telling.unregister(self._output)
            if self._channel.fileno() in ready:
                return
        raise TimeoutError

    def _drain(self) -> bool:
        """Take what was printed; False once nothing more can come."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(16):  # a flood must not keep the judge from its clock
                piece = os.read(self._output, PRINTED)
                if not piece:
                    return False
                self._poured += len(piece)
                kept = piece[: PRINTED - self._kept]
                self._printed += kept
                self._kept += len(kept)
        return True


def _how_it_ended(status: int) -> tuple[Verdict, str]:
    """Tell why a process that ended by itself did so."""
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        if code == codec.OUT_OF_MEMORY:
            return Verdict.OUT_OF_MEMORY, NO_MEMORY
        return Verdict.CRASH, f"ended its own process, with status {code}"
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return Verdict.TIMEOUT, "used up its processor time"
    if number == signal.SIGKILL:  # not by the judge: by the kernel
        return Verdict.OUT_OF_MEMORY, NO_MEMORY
    known = {s.value: s.name for s in signal.Signals}  # not all signals have names
    return Verdict.CRASH, f"died of {known.get(number, f'signal {number}')}"
