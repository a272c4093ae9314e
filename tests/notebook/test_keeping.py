"""What of cells is kept as an answer: the latest definitions, and what they need."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.notebook.keeping import composed, keep, kept_cells, outweighed
from dojo.notebook.statements import Cell
from dojo.opening.answers import open_answer

MAGIC = "# %%kata 01"


@pytest.fixture
def kata(catalogue: Catalogue) -> Kata:
    """Kata 01: gradient, update and descend; f is given."""
    return catalogue.katas["01"]


def cell(number: int, *lines: str, tested: bool = True) -> Cell:
    """Make a cell; a tested one begins with `%%kata 01`."""
    return Cell(str(number), [*([MAGIC] if tested else []), *lines], tested)


def plain(number: int, *lines: str) -> Cell:
    """Make a cell without `%%kata`."""
    return cell(number, *lines, tested=False)


def kept(kata: Kata, path: Path, *cells: Cell, session: tuple[str, ...] = ()) -> str:
    """Keep cells in a file, and return its text."""
    keep(kata, path, [*kept_cells(kata, path, session), *cells])
    return path.read_text(encoding="utf-8")


def below_stub(text: str) -> str:
    """Return what a kept file has of cells."""
    return text[text.index("# ── code cell") :]


def test_what_is_not_written_yet_is_the_stub(kata: Kata, tmp_path: Path) -> None:
    """One function is the cell's, the others are still to do, and what is given is there."""
    file = tmp_path / "mine/01/manual_update.py"
    text = kept(kata, file, cell(3, "def update(x, grad, lr):", "    return x - lr * grad"))
    functions = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert sorted(functions) == ["descend", "f", "gradient", "update"]
    answer = open_answer(file)
    assert answer.trouble is None
    assert answer.module.update(3, 1, 2) == 1
    with pytest.raises(NotImplementedError):
        answer.module.gradient(3)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_cells_add_up_and_the_latest_counts(kata: Kata, tmp_path: Path) -> None:
    """A cell that is run again replaces what it said before, and nothing else."""
    file = tmp_path / "manual_update.py"
    kept(
        kata,
        file,
        cell(1, "def update(x, grad, lr):", "    return 1", "", "def gradient(x): return 2"),
    )
    text = kept(kata, file, cell(2, "def update(x, grad, lr):", "    return 3"), session=("1",))
    answer = open_answer(file)
    assert (answer.module.update(0, 0, 0), answer.module.gradient(0)) == (3, 2)
    assert text.count("def update") == 1
    text = kept(kata, file, cell(4, "def gradient(x): return 5"), session=("1", "2"))
    assert "code cell 1" not in text


TO_DO = '    """Return it."""', "    raise NotImplementedError"


def test_a_stub_takes_the_place_of_nothing_written(kata: Kata, tmp_path: Path) -> None:
    """Who runs the stub's cell below a written one keeps what is written; a stub alone is kept."""
    file = tmp_path / "manual_update.py"
    written = cell(1, "def gradient(x): return 2")
    again = cell(2, "def gradient(x):", *TO_DO, "", "def update(x, grad, lr):", *TO_DO)
    text = kept(kata, file, written, again)
    assert open_answer(file).module.gradient(0) == 2
    assert "# ── code cell 2\n# %%kata 01\n\n\n\n\ndef update" in text
    cells = [*kept_cells(kata, file, ("1", "2")), again]
    assert outweighed(kata, cells) == {"1": ["gradient"]}
    text = kept(kata, file, cell(3, "def gradient(x): return 3"), session=("1", "2"))
    assert open_answer(file).module.gradient(0) == 3
    assert "code cell 1" not in text


def test_a_function_that_refuses_at_its_end_is_written(kata: Kata, tmp_path: Path) -> None:
    """It is no stub: it has done something before."""
    file = tmp_path / "manual_update.py"
    half = cell(2, "def gradient(x):", "    if x: return 3", "    raise NotImplementedError")
    kept(kata, file, cell(1, "def gradient(x): return 2"), half)
    assert open_answer(file).module.gradient(1) == 3


def test_lines_stand_where_the_cell_has_them(kata: Kata, tmp_path: Path) -> None:
    """Each line is as far below the comment with its cell's number as in the cell itself."""
    first = [
        "print(1)",
        "x = 3",
        "def gradient(x):",
        "    return 1",
        "def update(x, grad, lr):",
        "    pass",
    ]
    file = tmp_path / "manual_update.py"
    kept(kata, file, cell(1, *first))
    text = kept(kata, file, cell(2, "def gradient(x): return 2"), session=("1",))
    lines = below_stub(text).split("\n")
    assert lines[0] == "# ── code cell 1"
    assert lines[1:7] == [MAGIC, "", "", "", "", first[4]]


def test_only_what_is_needed_is_kept(kata: Kata, tmp_path: Path) -> None:
    """Values that functions use are kept from any cell; what was tried out is not run again."""
    text = kept(
        kata,
        tmp_path / "manual_update.py",
        plain(1, "import math", "SCALE = 2", "path = descend(3, 1, 5)", "unused = 1/0"),
        plain(2, "SCALE = 3", "SCALE += 1", "def helper(): return SCALE"),
        cell(
            3,
            "def update(x, grad, lr):",
            "    path = x",
            "    return helper() + math.pi",
            "path = update(1, 2, 3)",
            "print(path)",
        ),
    )
    below = below_stub(text)
    assert "import math" in below
    assert "SCALE = 3\nSCALE += 1\ndef helper" in below
    for gone in ("SCALE = 2", "descend(3", "unused", "update(1, 2", "print"):
        assert gone not in below


def test_a_function_of_the_kata_counts_under_its_magic_only(kata: Kata, tmp_path: Path) -> None:
    """Elsewhere it is something tried out."""
    update = "def update(x, grad, lr): return 7"
    text = kept(
        kata,
        tmp_path / "manual_update.py",
        plain(1, update),
        cell(2, "def gradient(x): return update"),
    )
    assert update not in text


@pytest.mark.parametrize(
    ("lines", "needed"),
    [
        (["from math import *"], "from math import *"),
        (["try:", "    import foo", "except ImportError:", "    pi = 3"], "    pi = 3"),
        (["e = 1; pi = 3"], "e = 1; pi = 3"),
        (["pi: float = 3"], "pi: float = 3"),
        (["@print", "class pi: pass"], "@print"),
        (["with open('x') as pi: pass"], "with open"),
    ],
)
def test_kinds_of_statements(kata: Kata, tmp_path: Path, lines: list[str], needed: str) -> None:
    """Whatever binds a name that is needed is kept, whole."""
    cells = plain(1, *lines), cell(2, "def gradient(x): return pi")
    assert needed in kept(kata, tmp_path / "manual_update.py", *cells)


def test_imports_from_the_future_come_first(kata: Kata, tmp_path: Path) -> None:
    """Else the file would be no Python."""
    file = tmp_path / "manual_update.py"
    future = "from __future__ import annotations"
    kept(kata, file, cell(1, future, "def gradient(x: Unknown): return 1"))
    text = kept(kata, file, cell(2, future, "def update(x, grad, lr): return 1"), session=("1",))
    assert text.count(future) == 1
    assert open_answer(file).trouble is None


def test_another_session_counts_anew(kata: Kata, tmp_path: Path) -> None:
    """Cell 1 of today is not cell 1 of yesterday: messages tell them apart."""
    file = tmp_path / "manual_update.py"
    kept(kata, file, cell(1, "def gradient(x): return 1"))
    for _ in range(2):
        text = kept(kata, file, cell(1, "def update(x, grad, lr): return 2"))
    assert "# ── code cell 1 of an earlier session\n" in text
    assert "# ── code cell 1\n" in text
    assert open_answer(file).module.gradient(0) == 1


def test_what_was_written_by_hand_stays(kata: Kata, tmp_path: Path) -> None:
    """Only what a cell defines anew is taken out of it."""
    file = tmp_path / "manual_update.py"
    hand = "import torch\n\n# mine\nA = 3\n\n\ndef gradient(x):\n    return A\n\n\nprint(A)\n"
    file.write_text(f"{hand}\n\ndef update(x, grad, lr):\n    return 1\n", encoding="utf-8")
    text = kept(kata, file, cell(1, "def update(x, grad, lr): return 2"))
    assert text.startswith(hand)
    assert text.count("def update") == 1


def test_a_file_that_is_no_python_is_left_alone(kata: Kata, tmp_path: Path) -> None:
    """Nothing that was written is lost."""
    file = tmp_path / "manual_update.py"
    file.write_text("def (", encoding="utf-8")
    with pytest.raises(SyntaxError):
        kept_cells(kata, file, ())
    assert file.read_text(encoding="utf-8") == "def ("


def test_the_same_cells_make_the_same_text(kata: Kata, tmp_path: Path) -> None:
    """What is kept is read as it was written."""
    file = tmp_path / "manual_update.py"
    text = kept(kata, file, plain(1, "A = 1"), cell(2, "def gradient(x): return A"))
    assert composed(kata, kept_cells(kata, file, ("1", "2"))) == text
