"""Raises a message that steers a terminal and a spreadsheet.

Must get: FAIL
"""


def gradient(x):
    raise ValueError("=cmd|' /C calc'!A0\x1b[2J\x1b[1;1H1 passed\u202e\x00\ud800" + "A" * 10**7)
