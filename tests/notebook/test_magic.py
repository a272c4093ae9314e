"""`%%kata`: what is said of its first line and of the cell, and what pytest is asked."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.notebook import load_ipython_extension, magic
from dojo.notebook.magic import Katas

GRADIENT = "def gradient(x):\n    return 2 * x - 10\n"


class Shell:
    """A notebook's kernel: it numbers the cells as IPython does."""

    def __init__(self) -> None:
        self.history_manager = SimpleNamespace(input_hist_raw=[""])
        self.execution_count = 1
        self.names: dict[str, Any] = {}
        self.ran = list[tuple[int, str]]()

    def cell(self, text: str) -> None:
        """Run a cell without `%%kata`."""
        self.history_manager.input_hist_raw.append(text)
        self.execution_count += 1

    def run_cell(self, text: str, *, store_history: bool) -> SimpleNamespace:
        """Run the text of a cell, and say whether it ended well."""
        assert not store_history
        self.ran.append((self.execution_count, text))
        try:
            exec(text, self.names)
        except Exception:
            return SimpleNamespace(success=False)
        return SimpleNamespace(success=True)


class Pytest:
    """What runs pytest, if it did."""

    def __init__(self, _repository: Path) -> None:
        self.asked = list[list[str]]()
        self.ends_well = self.stands_by = True
        self.draws: Callable[[], None] = lambda: None

    def run(self, words: Sequence[str], show: Callable[[str], None]) -> bool:
        """Note what is asked."""
        self.asked.append(list(words))
        self.draws()
        show("ran\n")
        return self.ends_well

    def close(self) -> None:
        """Nothing stands by any more."""
        self.stands_by = False


class Extended(Shell):
    """A kernel that loads an extension."""

    def register_magic_function(self, function: object, kind: str, name: str) -> None:
        """Note a magic."""
        self.names[name] = kind, function

    def push(self, names: dict[str, Any], *, interactive: bool) -> None:
        """Define names."""
        assert not interactive
        self.names |= names


class Notebook:
    """A notebook with the magic, the folder it lies in being `mine`'s."""

    def __init__(self, folder: Path) -> None:
        self.shell = Shell()
        self.katas = Katas(self.shell)
        self.pytest: Any = self.katas._runs
        self.answer = folder / "mine/01/manual_update.py"

    def run(self, line: str, cell: str) -> None:
        """Run a cell of which `%%kata line` is the first line."""
        self.shell.cell(f"%%kata {line}\n{cell}")
        self.katas.kata(line, cell)

    @property
    def kept(self) -> str:
        """What is kept, "" if nothing is."""
        return self.answer.read_text(encoding="utf-8") if self.answer.exists() else ""


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Notebook:
    """A notebook beside its answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(magic, "Runs", Pytest)
    monkeypatch.setattr(magic, "MINE", str(tmp_path / "mine"))
    return Notebook(tmp_path)


@pytest.mark.usefixtures("book")
def test_what_stands_by_ends_with_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ask it any more."""
    at_exit, shell = list[Callable[[], None]](), Extended()
    monkeypatch.setattr(atexit, "register", at_exit.append)
    load_ipython_extension(shell)
    runs: Any = shell.names["__katas__"]._runs
    assert runs.stands_by
    for act in at_exit:
        act()
    assert not runs.stands_by


def test_pytest_is_asked_with_its_own_options(book: Notebook, tmp_path: Path) -> None:
    """The kata, the answers, then the words as they were typed."""
    book.run("01 --hint=2 -k 'fifty or torch'", GRADIENT)
    mine = str(tmp_path / "mine")
    assert book.pytest.asked == [
        ["katas/01", "--answers", mine, "--hint=2", "-k", "fifty or torch"]
    ]
    assert "def gradient(x):\n    return 2 * x - 10" in book.kept


@pytest.mark.parametrize("words", ["--answers here", "--answers=here"])
def test_another_folder_of_answers(book: Notebook, tmp_path: Path, words: str) -> None:
    """It is found from where the notebook lies, and what is defined is kept there."""
    book.run(f"01 {words} -x", GRADIENT)
    assert book.pytest.asked == [["katas/01", "--answers", str(tmp_path / "here"), "-x"]]
    assert (tmp_path / "here/01/manual_update.py").is_file()
    assert book.kept == ""


def test_the_cell_is_known_by_its_number_and_lines(book: Notebook) -> None:
    """In the notebook's own errors, and in what is kept: the first line is `%%kata`."""
    book.shell.cell("import torch")
    cell = f"{GRADIENT}\n\ndef update(x, grad, lr):\n    return torch.sub(x, lr * grad)\n"
    book.run("01", cell)
    assert book.shell.ran == [(2, f"# %%kata 01\n{cell}")]
    assert "# ── code cell 2\n# %%kata 01\ndef gradient" in book.kept
    assert "# ── code cell 1\nimport torch" in book.kept
    assert book.shell.execution_count == 3


def test_cells_of_another_kata(book: Notebook) -> None:
    """What helps is found there too; functions that are the katas' own, such as f, are not."""
    book.run("03 --answers other", "def f(x): return 4\n\ndef helper(x): return 5\n")
    book.run("01", "def gradient(x): return helper(f(x))\n")
    assert "return 4" not in book.kept
    assert "def helper(x): return 5" in book.kept
    book.run("01", "def gradient(x): return 1\n")
    assert "helper" not in book.kept


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Begin the cell with the number of a kata, 01 to 17: %%kata 01"),
        ("3", "Begin the cell with the number of a kata, 01 to 17: %%kata 01"),
        ("--hint", "Begin the cell with the number of a kata, 01 to 17: %%kata 01"),
        ("01 -k 'x", "%%kata 01 -k 'x: No closing quotation."),
    ],
)
def test_a_first_line_that_cannot_be(
    book: Notebook, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    """It is said what to type, and nothing runs."""
    book.run(line, GRADIENT)
    assert capsys.readouterr().out == f"{said}\n"
    assert (book.shell.ran, book.pytest.asked, book.kept) == ([], [], "")


def test_a_cell_that_is_no_python_loses_nothing(
    book: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place is that of the notebook, and what was kept stays."""
    book.run("01", GRADIENT)
    before = book.kept
    capsys.readouterr()
    book.run("01", "def update(x, grad, lr)\n    return x\n")
    assert capsys.readouterr().out.splitlines() == [
        "Cell 2, line 2:",
        "    def update(x, grad, lr)",
        "                           ^",
        "SyntaxError: expected ':'",
        "",
        "The cell did not run. What was kept before is as it was.",
    ]
    assert book.kept == before
    assert len(book.pytest.asked) == 1


def test_a_cell_that_fails_is_not_kept(book: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    """Its error is shown as everywhere in a notebook, and pytest does not run."""
    book.run("01", f"{GRADIENT}1 / 0")
    shown = Path("mine/01/manual_update.py")
    said = f"This cell ended with an error, so it is not kept in {shown}.\n"
    assert capsys.readouterr().out == said
    assert (book.kept, book.pytest.asked) == ("", [])


STUB = "def gradient(x):\n    raise NotImplementedError\n"


def test_an_unwritten_cell_below_a_written_one(
    book: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is tested, and it is said which cell it stands in."""
    book.run("01", GRADIENT)
    capsys.readouterr()
    book.run("01", STUB)
    said, ran = capsys.readouterr().out.splitlines()
    assert said == "Not written in this cell: gradient. Tested: that of cell 1."
    assert ran == "ran"
    assert "return 2 * x - 10" in book.kept
    assert "NotImplementedError" not in book.kept.partition("def gradient")[2]


def test_an_unwritten_cell_where_an_answer_was_kept_by_hand(
    book: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stays, and it is said so."""
    book.answer.parent.mkdir(parents=True)
    book.answer.write_text(GRADIENT + "\n\ndef update(x, g, lr): return x\n", encoding="utf-8")
    book.run("01", STUB + "\n\n" + STUB.replace("gradient", "update"))
    said = capsys.readouterr().out.splitlines()[0]
    assert said == (
        "Not written in this cell: gradient, update. Tested: those of what was kept before."
    )


def test_a_kept_file_that_is_no_python(book: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said which, and neither it nor the cell is touched."""
    book.answer.parent.mkdir(parents=True)
    book.answer.write_text("def (", encoding="utf-8")
    book.run("01", GRADIENT)
    said = capsys.readouterr().out
    assert said.startswith(f"{Path('mine/01/manual_update.py')} cannot be read: invalid syntax")
    assert said.endswith("Mend it, or delete it.\n")
    assert (book.kept, book.shell.ran) == ("def (", [])


def test_a_process_that_was_ended(book: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no last line of pytest's then; ours says what it may have been."""
    book.pytest.ends_well = False
    book.run("01", GRADIENT)
    assert capsys.readouterr().out == f"ran\n{magic.CRASHED}\n"


def test_new_pictures_are_shown(
    book: Notebook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those of this kata that the run drew, not those of yesterday."""
    shown = list[Path]()
    monkeypatch.setattr(magic, "_display", shown.append)
    monkeypatch.setattr(magic, "PLOTS", str(tmp_path))
    for name in ("01-old.png", "03-other.png"):
        (tmp_path / name).write_bytes(b"")
    book.pytest.draws = lambda: (tmp_path / "01-new.png").write_bytes(b"")
    book.run("01 --plot", GRADIENT)
    assert shown == [tmp_path / "01-new.png"]
