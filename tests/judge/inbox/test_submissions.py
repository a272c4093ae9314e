"""The inbox: every shape is found, everything else is refused or listed, nothing is trusted."""

from __future__ import annotations

import os
import socket
import sys
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.judge.inbox.source import read_within
from dojo.judge.inbox.submissions import Inbox, InboxError, open_inbox
from dojo.judge.verdict import Verdict
from dojo.opening.answers import open_answer
from dojo.opening.reading import CAP, Unreadable
from dojo.opening.unusable import not_opened
from dojo.paths import typed

from ...broken import UNREADABLE

EACH = 500  # calls for each submission, at most

SOURCE = "def descend():\n    return 1\n"
TOPICS = {"01": "manual_update", "03": "learning_rate"}
SHAPES = ["katas/03/learning_rate.py", "03/learning_rate.py", "learning_rate.py"]

Hand = Callable[..., Path]


@pytest.fixture
def katas(tmp_path: Path) -> Catalogue:
    """A catalogue of two katas."""
    made = {n: Kata(n, name, tmp_path / "katas" / n) for n, name in TOPICS.items()}
    return Catalogue(tmp_path, made)


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    """Put a file into the inbox."""

    def put(path: str | bytes, content: str | bytes = SOURCE) -> Path:
        file = tmp_path / "inbox" / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return put


@pytest.fixture
def inbox(tmp_path: Path, katas: Catalogue) -> Callable[..., Inbox]:
    """Open the inbox for these katas, 03 alone unless others are named."""

    def opened(*numbers: str) -> Inbox:
        return open_inbox(tmp_path / "inbox", [katas.katas[n] for n in numbers or ["03"]])

    return opened


Opened = Callable[..., Inbox]


def the_only(opened: Inbox, number: int = -1) -> tuple[str, Verdict | None, str]:
    """Return the name, verdict and reason (or text) of the one submission."""
    (submission,) = opened.submissions
    handed = opened.read(submission, opened.katas[number])
    return submission.name, handed.verdict, handed.why or handed.text


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_of_a_folder(hand: Hand, inbox: Opened, shape: str) -> None:
    """A fork, a folder shaped like katas/ and a flat one are read alike, in runs of several too."""
    hand(f"ann/{shape}")
    assert the_only(inbox()) == ("ann", None, SOURCE)
    assert the_only(inbox("01", "03")) == ("ann", None, SOURCE)
    assert the_only(inbox("01", "03"), 0)[1] is Verdict.NOT_SUBMITTED


@pytest.mark.parametrize("ending", [".py", ".PY"])
def test_one_file(hand: Hand, inbox: Opened, ending: str) -> None:
    """NAME.py is a submission where one kata is judged."""
    hand(f"Ann Lee{ending}")
    assert the_only(inbox()) == ("Ann Lee", None, SOURCE)


def test_one_file_does_not_say_which_of_two_katas(hand: Hand, inbox: Opened) -> None:
    """NAME.py in a run of two katas is nobody's zero: it is set aside by name, with what to do."""
    hand("ann.py")
    hand("bob/03/learning_rate.py")
    opened = inbox("01", "03")
    assert [s.name for s in opened.submissions] == ["bob"]
    (entry,) = opened.skipped
    assert (entry.path, entry.name) == ("ann.py", "ann")
    assert "which kata is it?" in entry.why


def test_the_fork_counts_before_copies_beside_it(
    hand: Hand, inbox: Opened, katas: Catalogue
) -> None:
    """Where an answer lies in several places the one in katas/ is read, the others are listed."""
    for shape in SHAPES:
        hand(f"ann/{shape}", f"# {shape}")
    assert the_only(inbox())[2] == f"# {SHAPES[0]}"
    listed = inbox().not_understood(katas)
    assert [str(s) for s in listed] == [
        f"ann/{s}: it was not read, as ann/{SHAPES[0]} was" for s in SHAPES[1:]
    ]
    assert {s.owner for s in listed} == {"ann"}


@pytest.mark.parametrize(
    "name",
    ["Ann Lee", "李雷", "हिन्दी", "Ольга", "مریم", "é", "O'Neil, Jr.", "-rf", "=1+1", "a]b[c::d"],
)
@pytest.mark.parametrize("single", [True, False], ids=["file", "folder"])
def test_names_in_any_script(hand: Hand, inbox: Opened, name: str, single: bool) -> None:
    """Names are kept as they are, composed."""
    hand(f"{name}.py" if single else f"{name}/learning_rate.py")
    assert the_only(inbox()) == (unicodedata.normalize("NFC", name), None, SOURCE)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (b"a\x1b[31mb", r"a\x1b[31mb"),
        (b"a\nb", r"a\nb"),
        (b"a\xffb", r"a\xffb"),
        ("a\u202eyp.b".encode(), r"a\u202eyp.b"),
        (b"a\xc2\x9b2Jb", r"a\x9b2Jb"),
    ],
)
def test_names_that_a_terminal_would_obey(
    hand: Hand, inbox: Opened, entry: bytes, name: str
) -> None:
    """Escapes, line ends, turned writing and bytes that are no text are shown, and still opened."""
    hand(entry + b"/learning_rate.py")
    assert the_only(inbox()) == (name, None, SOURCE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann/learning_rate.py", "ann.py"),
        ("ann/learning_rate.py", "Ann/learning_rate.py"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("ann.py", "\uff41nn.py"),
        ("ann.py", "a\u200bnn.py"),
        ("ann lee.py", "Ann  Lee.py"),
        ("straße.py", "STRASSE.py"),
        (b"a\x1bb.py", rb"a\x1bb.py"),
    ],
)
def test_doubles_are_refused_with_both_names(
    hand: Hand, inbox: Opened, one: str | bytes, other: str | bytes
) -> None:
    """Two names that a person takes for one are both set aside, each naming the other."""
    hand(one)
    hand(other)
    hand("zoe.py")
    opened = inbox()
    assert [s.name for s in opened.submissions] == ["zoe"]
    first, second = opened.skipped
    assert first.name
    assert second.name
    assert second.path in first.why
    assert first.path in second.why


def _link(file: Path) -> None:
    target = file.parent.parent / "elsewhere.py"
    target.write_text(SOURCE, encoding="utf-8")
    file.symlink_to(target)


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(file.parent)  # the path of a socket is short
        try:
            made.bind(file.name)
        finally:
            os.chdir(here)


def _sparse(file: Path) -> None:
    with file.open("wb") as made:
        made.truncate(10**12)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_link, "link"),
        (partial(os.symlink, "/dev/zero"), "link"),
        (partial(os.symlink, "nowhere"), "link"),
        (os.mkfifo, "a named pipe"),
        (_socket, "a socket"),
        (os.mkdir, "a folder"),
        (_sparse, "bytes"),
    ],
    ids=["link", "link-to-device", "dangling", "pipe", "socket", "folder", "terabyte"],
)
@pytest.mark.parametrize("place", ["ann/03/learning_rate.py", "ann.py"])
def test_what_is_no_file_is_refused(
    tmp_path: Path, inbox: Opened, make: Callable[[Path], None], said: str, place: str
) -> None:
    """Links, pipes, devices, folders and huge files are refused at once, unread."""
    file = tmp_path / "inbox" / place
    file.parent.mkdir(parents=True)
    make(file)
    if place == "ann.py" and file.is_dir() and not file.is_symlink():
        return  # then it is a submission's folder
    before = psutil.Process().io_counters().read_chars
    _, verdict, why = the_only(inbox())
    assert verdict is Verdict.REFUSED
    assert said in why
    assert place in why
    assert psutil.Process().io_counters().read_chars - before < 10**8, "it was read"


def test_a_device_is_refused() -> None:
    """A device is looked at, and never opened."""
    devices = os.open("/dev", os.O_RDONLY)
    try:
        with pytest.raises(Unreadable, match="it is a device, and must be a file"):
            read_within(devices, ["zero"])
    finally:
        os.close(devices)


@pytest.mark.parametrize("linked", ["ann", "ann/katas", "ann/katas/03"])
@pytest.mark.parametrize("outside", [True, False], ids=["out", "within"])
def test_linked_folders_are_not_followed(
    tmp_path: Path, hand: Hand, inbox: Opened, linked: str, outside: bool
) -> None:
    """A link in place of a folder is refused wherever it leads: out, or to a neighbour's answer."""
    hand("zoe/katas/03/learning_rate.py")
    target = tmp_path / ("far" if outside else "inbox/zoe")
    full = Path("ann/katas/03/learning_rate.py")
    secret = target / full.relative_to(linked)
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("secret", encoding="utf-8")
    link = tmp_path / "inbox" / linked
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    opened = inbox()
    ann = next(s for s in opened.submissions if s.name == "ann")
    handed = opened.read(ann, opened.katas[0])
    assert (handed.verdict, handed.raw) == (Verdict.REFUSED, b"")
    assert "link" in handed.why


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "# coding: latin-1\nx = 'é'\n"),
        (
            "#!/x\n# -*- coding: gbk -*-\n# 李\n".encode("gbk"),
            "#!/x\n# -*- coding: gbk -*-\n# 李\n",
        ),
        (b"def broken(:\n", "def broken(:\n"),
        (b"(" * CAP, "(" * CAP),
    ],
    ids=["empty", "bom", "latin-1", "gbk", "syntax", "largest"],
)
def test_source_is_decoded_as_python_does(hand: Hand, inbox: Opened, raw: bytes, text: str) -> None:
    """Marks and coding lines count; the bytes go on as they came; syntax is the worker's affair."""
    hand("ann.py", raw)
    opened = inbox()
    handed = opened.read(opened.submissions[0], opened.katas[0])
    assert (handed.verdict, handed.raw, handed.text) == (None, raw, text)


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_source_is_said_as_in_katas(hand: Hand, inbox: Opened, name: str) -> None:
    """The reason is the sentence that a learner reads at home."""
    content = UNREADABLE[name].content
    assert not callable(content)
    file = hand("ann.py", content)
    (sentence,) = not_opened(open_answer(file)).body
    assert the_only(inbox()) == ("ann", Verdict.REFUSED, sentence.replace(typed(file), "ann.py"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"x = 1\ny = '\0'\n", "NUL byte in line 2"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        ("x = 1".encode("utf-32"), "UTF-16"),
        (b"x = 1\n\n\ny = '\xe9'\n", "0xE9 in line 4 (y = '\\xe9') is not UTF-8 text"),
        (b"\xe9", "save it as UTF-8"),
        (b"# coding: nonsense\n", "unknown encoding: nonsense"),
        (b"# coding: punycode\n" + b"a" * 99, "the encoding punycode"),
        (b"# coding: unicode_escape\n", "the encoding unicode_escape"),
        (b"# coding: utf-7\n", "the encoding utf-7"),
        (b"# coding: zlib\n", "the encoding zlib"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "save it as UTF-8"),
        (b"#" * (CAP + 1), "bytes"),
        (b"x = 1\n" * 1_800_000, "bytes"),
    ],
    ids=[
        *("nul", "utf-16", "utf-32", "latin-1", "latin-1-at-once", "nonsense", "punycode"),
        *("escape", "utf-7", "zlib", "bom-and-latin-1", "large", "10-megabytes"),
    ],
)
def test_what_is_no_source_is_refused(hand: Hand, inbox: Opened, raw: bytes, said: str) -> None:
    """NUL bytes, wrong encodings, odd codecs and 10 MB are refused, with what to do."""
    hand("ann.py", raw)
    _, verdict, why = the_only(inbox())
    assert verdict is Verdict.REFUSED
    assert why.startswith("ann.py: ")
    assert said in why


def test_what_was_planted_means_nothing(hand: Hand, inbox: Opened, katas: Catalogue) -> None:
    """conftest.py, torch.py and pyproject.toml are listed and not read, wherever they lie."""
    for place in ("", "ann/", "ann/katas/03/", "ann/katas/"):
        for file in ("conftest.py", "torch.py", "pyproject.toml"):
            hand(f"{place}{file}", "raise SystemExit")
    hand("ann/katas/03/learning_rate.py")
    opened = inbox()
    assert [s.name for s in opened.submissions] == ["ann", "torch"]  # torch.py: a person's name
    assert opened.read(opened.submissions[0], opened.katas[0]).text == SOURCE
    listed = {s.path for s in opened.not_understood(katas)}
    assert listed == {
        *("conftest.py", "pyproject.toml"),
        *(f"ann/katas/{f}" for f in ("conftest.py", "torch.py", "pyproject.toml")),
        *(f"ann/katas/03/{f}" for f in ("conftest.py", "torch.py", "pyproject.toml")),
    }


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ann.tar.gz", "unpack it"),
        ("notes.txt", "neither a folder, nor a .zip, .py or .ipynb file"),
        (".DS_Store", "hidden"),
        ("__MACOSX/x", "systems leave behind"),
        ("learning_rate.py", "whose is it?"),
        (".py", "hidden"),
        (" .py", "names no submission"),
        ("zoe/notes.txt", "An answer is called 03/learning_rate.py"),
        ("zoe/answer.py", "kata 03, and is not read. Name it learning_rate.py"),
        ("zoe/Untitled.ipynb", "kata 03, and is not read. Name it learning_rate.ipynb"),
        ("zoe/3/learning_rate.py", "Put it into a folder 03"),
        ("zoe/03 /learning_rate.py", "Put it into a folder 03"),
        ("zoe/katas/3/learning_rate.py", "Put it into a folder 03"),
        ("zoe/katas/katas/03/learning_rate.py", "Put it into a folder 03"),
        ("zoe/katas/03/more.py", "Name it learning_rate.py"),
        ("zoe/03/a\x1b[2J.py", "Name it learning_rate.py"),
        ("zoe/03/learning_rate.PY", "Name it learning_rate.py"),
        ("zoe/learning_rate (1).py", "Name it learning_rate.py"),
        ("zoe/learning_rate.py.txt", "Name it learning_rate.py"),
        ("zoe/learning_rate.py.py", "Name it learning_rate.py"),
        ("zoe/Learning-Rate copy.py", "Name it learning_rate.py"),
        ("zoe/learning_rate (2).ipynb", "Name it learning_rate.ipynb"),
        ("zoe/answers.7z", "Only .zip archives are read"),
    ],
)
def test_what_is_not_understood_is_listed(
    hand: Hand, inbox: Opened, katas: Catalogue, path: str, said: str
) -> None:
    """Nothing is skipped in silence: each is listed with the reason, and what to do."""
    hand("yan/learning_rate.py")
    hand(path)
    (entry,) = inbox().not_understood(katas)
    assert said in entry.why
    assert "\x1b" not in str(entry)


def test_a_whole_fork_is_understood(hand: Hand, inbox: Opened, katas: Catalogue) -> None:
    """A fork of the repository has nothing in it that is worth a line."""
    for path in (
        *("README.md", "conftest.py", "pyproject.toml", ".git/config", "dojo/plugin.py"),
        "timestamp.txt",
        *("katas/README.md", "katas/01/manual_update.py", "katas/03/learning_rate.py"),
        *("katas/03/test_learning_rate.py", "katas/03/README.md", "katas/03/traces/a.csv"),
        *("solutions/03/learning_rate.py", "katas/03/__pycache__/x.pyc", "tests/test_x.py"),
    ):
        hand(f"ann/{path}")
    assert inbox().not_understood(katas) == []
    assert the_only(inbox())[1] is None


def test_a_crowded_folder_gets_a_few_lines(hand: Hand, inbox: Opened, katas: Catalogue) -> None:
    """Thousands of files in one submission do not flood the end of the run."""
    for i in range(3000):
        hand(f"ann/{i}.txt", "")
    listed = inbox().not_understood(katas)
    assert len(listed) == 9
    assert str(listed[-1]) == "ann: there is more that is not read"


def test_a_missing_kata_is_not_submitted(hand: Hand, inbox: Opened) -> None:
    """An empty folder is a submission, and so is one with other katas: not submitted."""
    hand("ann/readme.txt").unlink()
    assert the_only(inbox())[1:] == (
        Verdict.NOT_SUBMITTED,
        "There is no learning_rate.py or learning_rate.ipynb in this submission.",
    )


def test_a_file_that_the_grader_cannot_read_is_nobodys_zero(
    hand: Hand, inbox: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without permission, or on a broken disk, is a GRADER-ERROR."""
    hand("ann.py")
    opened = inbox()

    def broken(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dojo.judge.inbox.files.read_within", broken)
    assert the_only(opened)[1:] == (
        Verdict.GRADER_ERROR,
        "ann.py cannot be read on the grader's machine: Permission denied",
    )


def test_no_inbox(hand: Hand, inbox: Opened) -> None:
    """A missing folder, an empty one and a submission itself each say what is expected."""
    with pytest.raises(InboxError, match="no folder to read"):
        inbox()
    hand("notes.txt")
    with pytest.raises(InboxError, match=r"no submission in it.*NAME/03/learning_rate\.py"):
        inbox()
    hand("katas/03/learning_rate.py")
    with pytest.raises(InboxError, match="shaped like one submission"):
        inbox()


def test_the_hash_is_of_the_bytes(hand: Hand, inbox: Opened) -> None:
    """A record's key follows every byte, and where there is no source the reason."""
    hand("ann.py", b"x = 1\n")
    opened = inbox()
    read = [opened.read(opened.submissions[0], opened.katas[0])]
    for raw in (b"x = 1\r\n", b"\0", b"\n\0"):
        hand("ann.py", raw)
        read.append(opened.read(opened.submissions[0], opened.katas[0]))
    assert len({handed.source_hash for handed in read}) == 4


def work(of: Callable[[], object]) -> int:
    """Return how many functions something calls, Python's own among them."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        of()
    finally:
        sys.setprofile(None)
    return calls


def test_thousands_are_listed_in_no_more_work_each(
    tmp_path: Path, hand: Hand, inbox: Opened, katas: Catalogue
) -> None:
    """Twice as many submissions are twice the work: to list them, and all that is in them."""
    (tmp_path / "inbox").mkdir()
    listed, looked = list[int](), list[int]()
    for half in (range(300), range(300, 600)):
        for i in half:
            hand(f"student {i:04d}/katas/03/learning_rate.py")
        listed.append(work(lambda: inbox("01", "03")))
        opened = inbox("01", "03")
        assert len(opened.submissions) == half.stop
        looked.append(work(lambda opened=opened: opened.not_understood(katas)))
        assert opened.not_understood(katas) == []
    for once, twice in (listed, looked):
        assert twice < 2.2 * once
        assert once < 300 * EACH
