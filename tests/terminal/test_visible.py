"""What others wrote steers no terminal and no reader, and can still be read."""

from __future__ import annotations

import pytest

from dojo.terminal.visible import one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31;1mred\x1b[0m\tb\r\nc", "ared\tb\nc"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b\x1b[31m[31m", r"\x1b[31m"),
        ("\x1b]never ends", "never ends"),
        ("a\rb\x08\x7f\x9b", r"a\rb\x08\x7f\x9b"),
        ("\x1b[2J\u202e\ud800\x00", r"\u202e\ud800\x00"),
        ("größe Ψ 中 é 李 हिन्दी \u200c 🙂\n\t", "größe Ψ 中 é 李 हिन्दी \u200c 🙂\n\t"),
    ],
    ids=["colour", "link", "nested", "unended", "controls", "direction", "letters"],
)
def test_what_no_terminal_obeys(text: str, shown: str) -> None:
    """Commands go, other control characters are written as they read, plain text stays."""
    assert visible(text) == shown


def test_what_is_too_long_is_cut_first() -> None:
    """No more than so many characters are looked at, and the cut shows."""
    assert visible("a" * 10, 3) == "aaa …"
    assert visible("\x1b[31mred", 4).endswith(" …")


def test_one_line() -> None:
    """Line ends and tabs are written out too."""
    assert one_line("a\n\tb\u2028c") == r"a\n\tb\u2028c"
