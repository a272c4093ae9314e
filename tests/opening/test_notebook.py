"""Notebooks as answers: their Python in its order, what is left out, what is refused."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dojo.opening.answers import open_answer
from dojo.opening.notebook import LARGEST, python_of, said_of
from dojo.opening.reading import CAP, Unreadable
from dojo.opening.unusable import not_opened

from ..conftest import HOUSE, Practise
from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]
SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")


def notebook(*cells: str | tuple[str, str], **more: object) -> bytes:
    """Write a notebook of version 4, as Jupyter does: a text is a code cell."""
    kinds = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    made = [
        {
            "cell_type": kind,
            "metadata": {},
            "source": text.splitlines(keepends=True),
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for kind, text in kinds
    ]
    book: dict[str, object] = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    book |= more
    return json.dumps(book).encode()


def python(*cells: str | tuple[str, str]) -> list[str]:
    """Return the lines of Python of a notebook, without those that number its cells."""
    lines = python_of(notebook(*cells)).source.decode().splitlines()
    return [line for line in lines[1:] if not line.startswith("# ── code cell")]


def left_out(*cells: str) -> list[str]:
    """Return what of these cells is left out."""
    return list(python_of(notebook(*cells)).left_out)


def test_code_cells_come_in_their_order() -> None:
    """Text between them is no code, and every cell begins on a line of its own."""
    cells = ("x = 1", ("markdown", "# y = 2"), "y = 2\n", ("raw", "z = 3"), "")
    assert python(*cells) == ["x = 1", "y = 2", "", ""]


@pytest.mark.parametrize(
    "line",
    [
        *("%matplotlib inline", "!pip install torch", "?torch.optim", "torch.optim?", "x??"),
        *("    !ls", "files = !ls", "t = %timeit -o f()", "a, b = !ls", "%cd ~/a b"),
    ],
)
def test_what_only_a_notebook_knows_is_left_out(line: str) -> None:
    """The rest stays at its lines, and it is told what went."""
    indent = line[: len(line) - len(line.lstrip())]
    lines = python(f"if True:\n{indent}x = 1\n" if indent else "x = 1\n", f"{line}\ny = 2")
    assert lines[-2:] == [f"{indent}pass", "y = 2"]
    assert left_out(f"{line}\ny = 2") == [f"{line.strip()} (cell 1)"]


def test_a_command_over_two_lines_is_one() -> None:
    """A backslash goes on, as in a shell, and the lines below keep their numbers."""
    assert python("!pip install \\\n  torch\nx = 1") == ["pass", "", "x = 1"]


@pytest.mark.parametrize(
    "code",
    [
        's = """\n%matplotlib inline\n!ls\n"""',
        "s = '''\n?\n'''",
        "x = (7\n% 4)",
        "x = 7 \\\n% 4",
        "y = [  # (\n  1,\n]",
        "s = 'it\\'s'\nt = \"%\"",
        "x = 7 % 4  # 100 % sure?",
        'def f():\n    """Is it so?\n\n    100 %\n    """',
        "a != b\nx = '?'",
        "s = r'\\'\nx = 1",
    ],
)
def test_python_is_left_as_it_is(code: str) -> None:
    """A % or ! in a string, a bracket or a longer statement is Python's own."""
    assert "\n".join(python(code)) == code
    assert left_out(code) == []


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_a_cell_that_is_timed_is_python(magic: str) -> None:
    """Only the first line goes."""
    assert python(f"{magic}\nx = 1") == ["pass", "x = 1"]


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile a.py", "%%timeit", "%%mine"])
def test_a_cell_of_something_else_is_left_out_whole(magic: str) -> None:
    """A shell script, a page or a file is no Python of the notebook's own."""
    assert python(f"{magic}\nls -l\n", "x = 1")[-1:] == ["x = 1"]
    assert not any("ls" in line for line in python(f"{magic}\nls -l\n"))
    assert left_out(f"\n{magic}\nls -l\n") == [f"all below {magic} (cell 1)"]


def test_the_format_of_version_3() -> None:
    """Worksheets hold the cells, and their code is called input."""
    cells = [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]
    raw = json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {}}).encode()
    assert python_of(raw).source.decode().splitlines()[-2:] == ["x = 1", "y = 2"]


def test_what_nbformat_writes_is_read() -> None:
    """The format's own library and we agree, in version 4 and in version 3."""
    nbformat: Any = pytest.importorskip("nbformat")
    cells = ["import torch\n\nx = 'é'", "y = 2"]
    v4, v3 = nbformat.v4, nbformat.v3
    made = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells])
    old = v3.new_notebook(
        worksheets=[v3.new_worksheet(cells=[v3.new_code_cell(input=c) for c in cells])]
    )
    for text in (nbformat.writes(made), v3.writes_json(old)):
        lines = python_of(text.encode()).source.decode().split("\n")
        assert [line for line in lines if not line.startswith("#")] == [
            *"\n".join(cells).split("\n"),
            "",
        ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not a notebook that can be read"),
        (b"import torch\n", "not a notebook that can be read"),
        (b"\x80", "not a notebook that can be read"),
        (b"[]", "not a notebook that can be read"),
        (b"[" * 200_000, "not a notebook that can be read"),
        (b'{"a":' * 200_000, "not a notebook that can be read"),
        (b"1" * 5000, "not a notebook that can be read"),
        (b"{}", "no cells"),
        (b'{"cells": 3}', "a cell of it is damaged"),
        (b'{"cells": [3]}', "a cell of it is damaged"),
        (b'{"worksheets": {"a": 1}}', "no cells"),
        (b'{"worksheets": [1]}', "a cell of it is damaged"),
        (b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "a cell of it is damaged"),
        (b'{"cells": [{"cell_type": "code", "source": ["x", 1]}]}', "a cell of it is damaged"),
        (b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}', "half a character"),
        (notebook("x", metadata={"kernelspec": {"language": "R"}}), "a notebook of 'r'"),
        (notebook("#" * CAP), "and an answer may have 262,144"),
        (notebook("#" * 5 * CAP), "more than 1,048,576 letters"),
    ],
    ids=str,
)
def test_what_is_no_notebook_is_refused(raw: bytes, said: str) -> None:
    """The sentence says what it is; nothing that is in it makes the reader fail."""
    with pytest.raises(Unreadable, match=said):
        python_of(raw)


@pytest.mark.parametrize("unit", ["%", '"""', "'''\"\"\"", "(", "x=!", "a,", "\\", "?\n", "'\\"])
def test_no_notebook_takes_long(unit: str) -> None:
    """Twice the text is twice the work, however it is written."""
    python_of(notebook(unit * (CAP // len(unit) // 3)))


def test_whatever_a_cell_declares_its_text_is_read_as_json_has_it() -> None:
    """A coding line in a cell says nothing of a notebook."""
    source = python_of(notebook("# -*- coding: latin-1 -*-\nx = 'é'")).source
    namespace: dict[str, object] = {}
    exec(compile(ast.parse(source), "x", "exec"), namespace)
    assert namespace["x"] == "é"


def test_a_place_in_a_notebook_is_said_by_its_cell(tmp_path: Path) -> None:
    """A line that fails is found where the learner looks for it."""
    file = tmp_path / "topic.ipynb"
    file.write_bytes(notebook("import torch", ("markdown", "text"), "x = 1\nraise KeyError(x)\n"))
    first = not_opened(open_answer(file)).body[0]
    assert first.endswith("topic.ipynb, cell 2, line 2:")
    file.write_bytes(notebook("import torch", "def broken(:\n"))
    assert not_opened(open_answer(file)).body[0].endswith("topic.ipynb, cell 2, line 1:")


def test_a_large_notebook_is_read(tmp_path: Path) -> None:
    """Pictures in it make it larger than any answer; its own limit is said."""
    file = tmp_path / "topic.ipynb"
    file.write_bytes(notebook("x = 1", metadata={"picture": "0" * (4 * CAP)}))
    assert open_answer(file).trouble is None
    file.write_bytes(b" " * (LARGEST + 1))
    assert "may have 8,388,608" in str(open_answer(file).trouble)
    assert said_of(file) == ""


def test_a_learner_hands_in_a_notebook(desk: Desk) -> None:
    """Where there is no .py file the notebook is the answer, and it is said what was left out."""
    desk.clear()
    book = desk.file.with_suffix(".ipynb")
    try:
        wrong = SOLUTION.replace("x - lr", "x + lr")
        book.write_bytes(notebook("%matplotlib inline\nimport torch", wrong, "!nvidia-smi"))
        shown = book.relative_to(desk.house)
        named = desk.practise(shown, "-m", "not cuda", house=desk.house, lines=50)
        if desk.options:
            assert "holds answers, no tests. To try it: pytest katas/01 --answers" in named.errors
        run = desk.run(lines=50) if desk.options else named
        said = " ".join(run.screen.split())
        assert "These are exactly the numbers of x + lr · grad" in said
        assert f"The code cells of {shown} are the answer" in said
        assert "%matplotlib inline (cell 1), !nvidia-smi (cell 3)." in said
        desk.write(SOLUTION)
        run = desk.run()
        assert run.exit_code == 0, run.screen
        said = " ".join(run.screen.split())
        assert f"{shown} is not read, for manual_update.py is there" in said
    finally:
        book.unlink()


def test_a_notebook_of_another_name_is_found(practise: Practise, tmp_path: Path) -> None:
    """As a file of Python is: with the command that gives it its name."""
    (tmp_path / "01").mkdir()
    (tmp_path / "01/manual_update (1).ipynb").write_bytes(notebook(SOLUTION))
    run = practise("katas/01", "--answers", tmp_path)
    assert "Is it this one?" in run.screen
    assert "manual_update.ipynb" in run.screen
    shutil.rmtree(tmp_path / "01")
