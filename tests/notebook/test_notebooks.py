"""Notebooks as `pytest katas/NN --notebook` writes them, run in a kernel as a learner would."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dojo.catalogue import Catalogue, Kata, open_catalogue
from dojo.notebook import magic
from dojo.notebook.inside import InCell
from dojo.notebook.writing import write
from dojo.opening.notebook import read_notebook, without_magics

from ..conftest import HOUSE, Practise
from ..processes import PATIENCE
from .test_magic import Shell

nbformat: Any = pytest.importorskip("nbformat")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
MISTAKES = {  # of a kata: a function, a part of it, what is there instead, and what it is called
    "01": ("update", "x - lr", "x + lr", "a step along the gradient: uphill"),
    "02": ("clear_each_round", "        x.grad = None\n", "", "a gradient that nothing clears"),
    "06": ("gradient", " / len(X)", "", "not divided by m yet"),
}
LAST = "06"


def test_every_kata_has_a_notebook(catalogue: Catalogue, tmp_path: Path) -> None:
    """It has all of the lesson, a cell for each function, valid links, and is an answer itself."""
    for kata in catalogue.katas.values():
        file = tmp_path / "notebooks" / f"{kata.number}.ipynb"
        write(kata, file)
        book = nbformat.read(file, as_version=4)
        nbformat.validate(book)
        texts = [c.source for c in book.cells if c.cell_type == "markdown"]
        codes = [c.source for c in book.cells if c.cell_type == "code"]
        assert codes[0].endswith("%load_ext dojo.notebook")
        tested = [code for code in codes if code.startswith(f"%%kata {kata.number}\n")]
        names = [re.findall(r"^def (\w+)", code, re.MULTILINE) for code in tested]
        given = re.findall(r"^def (\w+)", codes[1], re.MULTILINE)
        assert [*given, *(name for n in names for name in n)] == _functions(kata.stub)
        assert all(len(found) == 1 for found in names)
        lesson = kata.lesson.read_text(encoding="utf-8")
        assert re.findall(r"^#.*", "\n".join(texts), re.MULTILINE) == [
            *re.findall(r"^#.*", lesson, re.MULTILINE),
            "## Your turn",
        ]
        assert sum(t.count("<details>") for t in texts) == lesson.count("<details>")
        assert not re.search(r"checked:|pytest katas/\d\d`\.", "".join(texts))
        for link in re.findall(r"\]\(([^)]*)\)", "".join(texts)):
            assert (HOUSE / "notebooks" / link).resolve().exists(), link
        ast.parse(read_notebook(file).source)


def _functions(stub: Path) -> list[str]:
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_written_on_request_and_never_over_one(house: Path, practise: Practise) -> None:
    """What is there already may have answers in it; no test runs."""
    run = practise("katas/01", "katas/03", "--notebook", house=house)
    assert (run.exit_code, run.outcomes) == (0, [])
    written = [str(Path(f"notebooks/{n}.ipynb")) for n in ("01", "03")]
    assert [line for line in run.screen.splitlines() if "notebooks" in line] == [
        f"Written: {name}" for name in written
    ]
    (house / written[1]).write_text("mine", encoding="utf-8")
    run = practise("--notebook", house=house, folder="katas/03")
    assert f"{Path('..', '..', written[1])} is there already, and stays." in run.screen
    assert (house / written[1]).read_text(encoding="utf-8") == "mine"
    assert len(list((house / "notebooks").iterdir())) == 2


def run(cells: Sequence[str], folder: Path) -> list[str]:
    """Run cells as a notebook in a folder, with nobody's own settings; return what each shows."""
    client: Any = pytest.importorskip("nbclient").NotebookClient
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    env |= {"IPYTHONDIR": str(folder), "OMP_NUM_THREADS": "1"}
    client(book, kernel_name="python3", timeout=PATIENCE).execute(cwd=str(folder), env=env)
    texts = ["".join(out.get("text", "") for out in cell.outputs) for cell in book.cells]
    return [COLOUR.sub("", text) for text in texts]


def cells_of(kata: Kata, file: Path) -> list[str]:
    """Write a notebook; return its first cells, one of all functions, and one that mends one."""
    write(kata, file)
    book = nbformat.read(file, as_version=4)
    first = [cell.source for cell in book.cells if cell.cell_type == "code"][:2]
    source = kata.solution.read_text(encoding="utf-8")
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    texts = {f.name: str(ast.get_source_segment(source, f)) for f in functions}
    helpers = [texts.pop(name) for name in [*texts] if name not in kata.signatures or name == "f"]
    name, part, instead, _ = MISTAKES[kata.number]
    right, wrong = texts[name], texts[name].replace(part, instead)
    assert wrong != right
    texts[name] = wrong
    parts = ("\n\n".join(texts.values()), right)
    return ["\n\n".join([*first, *helpers]), *(f"%%kata {kata.number}\n{part}" for part in parts)]


def says_what_is_wrong(kata: Kata, of_wrong: str) -> None:
    """Check what is below a wrong cell: the mistake, and what to type next."""
    assert MISTAKES[kata.number][-1] in " ".join(of_wrong.split())
    assert f"  Stuck? %%kata {kata.number} --hint\n" in of_wrong


def says_what_is_done(kata: Kata, of_right: str) -> None:
    """Check what is below a right cell: the next kata."""
    assert f"katas/{kata.number} {kata.title}: done." in of_right
    assert f"then %%kata {int(kata.number) + 1:02}\n" in of_right
    assert "warning" not in of_right


def test_a_notebook_in_a_kernel(whole_house: Path, practise: Practise) -> None:
    """Below a wrong cell stands what a terminal says of what is kept."""
    kata, folder = open_catalogue(whole_house).katas[LAST], whole_house / "notebooks"
    _, of_wrong = run(cells_of(kata, folder / f"{LAST}.ipynb")[:2], folder)
    says_what_is_wrong(kata, of_wrong)
    words = f"katas/{LAST}", "--answers", "mine"
    typed = practise(*words, house=whole_house, lines=60).screen
    assert below_headline(typed) == below_headline(of_wrong)


@pytest.mark.parametrize("number", sorted(MISTAKES.keys() - {LAST}))
def test_a_notebook_whose_runs_are_in_this_process(
    number: str,
    whole_house: Path,
    practise: Practise,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same of other katas, then a right cell; there is no kernel, and no process for a run."""

    class Here:
        def __init__(self, repository: Path) -> None:
            self._repository = repository

        def run(self, words: Sequence[str], show: Callable[[str], object]) -> bool:
            given: dict[str, Any] = {"house": self._repository, "lines": 60}
            show(practise(*words, plugins=[InCell()], **given).screen)
            return True

    kata, folder = open_catalogue(whole_house).katas[number], whole_house / "notebooks"
    first, wrong, right = cells_of(kata, folder / f"{number}.ipynb")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(magic, "Runs", Here)
    shell = Shell()
    katas = magic.Katas(shell)
    shell.cell(first)
    exec("\n".join(without_magics(first)[0]), shell.names)
    shown = list[str]()
    for cell in (wrong, right):
        shell.cell(cell)
        line, _, text = cell.removeprefix("%%kata ").partition("\n")
        capsys.readouterr()
        katas.kata(line, text)
        shown.append(capsys.readouterr().out)
    of_wrong, of_right = shown
    says_what_is_wrong(kata, of_wrong)
    says_what_is_done(kata, of_right)


def below_headline(screen: str) -> list[str]:
    """Return what is said of a failure, without the command that comes next."""
    lines = screen.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(f"katas/{LAST} · "))
    return [line for line in lines[begin:-1] if "Stuck?" not in line]
