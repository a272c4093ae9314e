"""The katas of a repository: number, folder, stub, spec and title."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parent.parent  # the checkout that this code is in
BESIDE = ("mistakes.py", "variants.py", "picture.py", "by_hand.py")  # beside a solution


@dataclass(frozen=True)
class Kata:
    """One kata, found by its folder `katas/NN` and the spec in it."""

    number: str
    name: str
    folder: Path

    @property
    def title(self) -> str:
        """The name as a person says it: "manual update"."""
        return self.name.replace("_", " ")

    @property
    def spec(self) -> Path:
        """The tests that say what an answer must do."""
        return self.folder / f"test_{self.name}.py"

    @property
    def stub(self) -> Path:
        """The file that a learner fills in: nothing but the learner's answer is read from it."""
        return self.folder / f"{self.name}.py"

    @property
    def solution(self) -> Path:
        """The reference answer."""
        return self.answer_in(self.root / "solutions")

    @property
    def root(self) -> Path:
        """The repository that it is in."""
        return self.folder.parent.parent

    @property
    def lesson(self) -> Path:
        """The page that teaches it."""
        return self.folder / "README.md"

    @property
    def traces(self) -> Path:
        """The folder of documented numbers."""
        return self.folder / "traces"

    @property
    def signatures(self) -> dict[str, list[str]]:
        """The functions of the solution, in order, each with the names of its parameters."""
        return _signatures(self.solution)

    def answer_in(self, answers: Path) -> Path:
        """Where this kata's answer lies in a folder shaped like `katas/`."""
        return answers / self.number / f"{self.name}.py"


@cache
def _signatures(solution: Path) -> dict[str, list[str]]:
    tree = ast.parse(solution.read_bytes())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {f.name: [a.arg for a in f.args.args] for f in functions}


@dataclass(frozen=True)
class Catalogue:
    """Every kata under `root/katas`, by number."""

    root: Path
    katas: dict[str, Kata]

    @property
    def solutions(self) -> Path:
        """The reference answers, a folder shaped like `katas/`."""
        return self.root / "solutions"

    def kata_of(self, path: Path) -> Kata | None:
        """Return the kata whose spec `path` is, None if it is no spec of ours."""
        kata = self.katas.get(path.parent.name)
        return kata if kata is not None and kata.spec == path else None


def is_repository(root: Path) -> bool:
    """Whether `root` is a checkout of this project (and not any project that has it installed)."""
    return (root / "katas").is_dir() and (root / "dojo" / "plugin.py").is_file()


def open_catalogue(root: Path) -> Catalogue:
    """Read which katas there are from the folders `root/katas/NN`."""
    specs = sorted((root / "katas").glob("[0-9][0-9]/test_*.py"))
    katas = (Kata(s.parent.name, s.stem.removeprefix("test_"), s.parent) for s in specs)
    return Catalogue(root, {kata.number: kata for kata in katas})
