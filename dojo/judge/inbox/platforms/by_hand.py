"""An inbox that somebody made by hand: a folder, an archive or a file for each person."""

from __future__ import annotations

from dojo.catalogue import Kata
from dojo.judge.inbox.entries import FOLDER, LINK, Entry
from dojo.judge.inbox.platforms.export import Export, Submission, View, called
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped

ENDINGS = (".py", ".ipynb")
ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
NO_NAMES = frozenset({"conftest", "__init__", "__main__", "setup"})  # nobody is called so


class ByHand:
    """`NAME/`, `NAME.zip`, or for one kata `NAME.py` or `NAME.ipynb`."""

    title = ""

    def marks(self, view: View) -> bool:  # noqa: ARG002 - as every platform's
        """None: it is what is left."""
        return False

    def take(self, view: View) -> Export:
        """Return who is in it, and why the rest is nobody's."""
        people, aside = list[Submission](), list[Skipped]()
        for entry in view.entries:
            taken = _taken(view, entry)
            if isinstance(taken, Submission):
                people.append(taken)
            else:
                aside.append(taken)
        return Export(people, aside)


def _taken(view: View, entry: Entry) -> Submission | Skipped:
    """Take one entry for a person's, or say why it is nobody's."""
    stem, ending = _split(entry)
    shown, name, katas = displayed(entry.name), called(stem), view.katas
    if not ending and not entry.is_packed and entry.kind not in (FOLDER, LINK):
        return Skipped(shown, _why_nobodys(entry.name))
    if not name.strip() or (ending and name in NO_NAMES):
        return Skipped(shown, "this names no submission, and is not read")
    if not ending:
        return Submission(name, roots=(view.at(entry.name),))
    topic = next((kata for kata in katas if kata.name == name), None)
    if topic is not None:
        return Skipped(shown, f"whose is it? Put it into a folder: NAME/{topic.number}/{shown}")
    if len(katas) > 1:
        return Skipped(shown, _which_kata(katas, name), name)
    return Submission(name, alone=view.at(entry.name))


def _split(entry: Entry) -> tuple[str, str]:
    """Return the name of whose it is, and the ending of a file that is an answer."""
    lower = entry.name.lower()
    if entry.kind == FOLDER:
        return entry.name, ""
    ending = next((e for e in ENDINGS if lower.endswith(e)), "")
    cut = len(ending) or (len(".zip") if entry.is_packed else 0)
    return entry.name[: len(entry.name) - cut], ending


def _why_nobodys(name: str) -> str:
    """Say why a file is nobody's, and the next move."""
    if name.lower().endswith(ARCHIVES):
        return "only .zip archives are read: unpack it into a folder"
    return "it is neither a folder, nor a .zip, .py or .ipynb file, and is not read"


def _which_kata(katas: tuple[Kata, ...], name: str) -> str:
    one = katas[0]
    return (
        f"which kata is it? Judge one kata (pytest katas/{one.number} --submissions …), or put it "
        f"into a folder: {name}/{one.number}/{one.name}.py"
    )
