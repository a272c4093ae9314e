r"""Text that others wrote, made fit to show, wherever it goes.

After `visible`, text is also legal in XML. What is changed stays readable: a control character is
written as Python would write it, `\x1b`.
"""

from __future__ import annotations

import re

SEQUENCES = re.compile(  # what a terminal takes as one command: CSI, OSC, DCS and the like, others
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
UNSEEN = (  # controls, overrides of the writing direction, line ends of Unicode, no-characters
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff"
)
IN_A_TEXT, IN_A_LINE = re.compile(f"[{UNSEEN}]"), re.compile(f"[{UNSEEN}\t\n]")


def visible(text: str, most: int | None = None) -> str:
    r"""Take terminal commands out; write each other control character but \n and \t as it reads.

    What is over `most` characters is cut before anything is looked at.
    """
    if most is not None and len(text) > most:
        text = f"{text[:most]} …"
    text = SEQUENCES.sub("", text.replace("\r\n", "\n"))
    return IN_A_TEXT.sub(_written, text)


def one_line(text: str) -> str:
    """Write text in one line: every control character as it reads, line ends too."""
    return IN_A_LINE.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
