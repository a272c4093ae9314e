"""Where in an answer a program was, also at a moment when it was on no line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo.stack import leave_out_what_is_on_no_line, lines_of_traceback

FILE = Path("anna/01/manual_update.py")
ENDLESS = "def descend():\n    raise KeyboardInterrupt\n"


def test_ctrl_c_between_two_lines() -> None:
    """The function is named by its first line, and pytest words what is left of the traceback."""
    names: dict[str, object] = {}
    code = compile(ENDLESS, str(FILE), "exec")
    (function,) = (const for const in code.co_consts if hasattr(const, "co_linetable"))
    onto_no_line = {function: function.replace(co_linetable=b"")}
    consts = tuple(onto_no_line.get(const, const) for const in code.co_consts)
    exec(code.replace(co_consts=consts), names)
    descend = names["descend"]
    assert callable(descend)
    with pytest.raises(KeyboardInterrupt) as caught:
        descend()
    assert [(line.number, line.function) for line in lines_of_traceback(FILE, caught.tb)] == [
        (1, "descend")
    ]
    with pytest.raises(TypeError):
        caught.getrepr(funcargs=True)
    leave_out_what_is_on_no_line(caught)
    assert "test_ctrl_c_between_two_lines" in str(caught.getrepr(funcargs=True))
