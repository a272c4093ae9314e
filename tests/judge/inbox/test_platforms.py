"""Exports of learning platforms: recognised by their marks, everybody found, nobody twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.judge.inbox import lookalikes
from dojo.judge.inbox.entries import Place
from dojo.judge.inbox.finding import Listing
from dojo.judge.inbox.platforms import PLATFORMS
from dojo.judge.inbox.platforms.export import Submission
from dojo.judge.inbox.submissions import Inbox, InboxError, open_inbox
from dojo.judge.result import Skipped
from dojo.judge.verdict import Verdict
from dojo.options import FORMATS

from .exports import EXPORTS, Contents, notebook, packed, write

TOPIC = "learning_rate"
PEOPLE = {name: f"# {name}\n" for name in ("annlee", "bobray", "catfox", "dandoe", "evefay")}
PACKED = [False, True]

Opened = Callable[..., Inbox]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Write an export, as a folder or an archive, and open it for katas 01 and 03, or 03."""
    katas = {n: Kata(n, t, tmp_path / "katas" / n) for n, t in (("01", "first"), ("03", TOPIC))}

    def made(contents: Contents, *numbers: str, archive: bool = False, asked: str = "") -> Inbox:
        inbox = tmp_path / ("export.zip" if archive else "inbox")
        if archive:
            inbox.write_bytes(packed(contents))
        else:
            write(inbox, contents)
        return open_inbox(inbox, [katas[n] for n in numbers or ("03",)], asked)

    return made


def texts(inbox: Inbox) -> dict[str, str]:
    """Return what each person has for the last kata, or why there is nothing."""
    read = {s.name: inbox.read(s, inbox.katas[-1]) for s in inbox.submissions}
    return {name: handed.why or handed.text for name, handed in read.items()}


def unread(inbox: Inbox) -> list[Skipped]:
    """Return what was not read."""
    katas = {kata.number: kata for kata in inbox.katas}
    return inbox.not_understood(Catalogue(inbox.katas[0].root, katas))


@pytest.mark.parametrize("archive", PACKED, ids=["folder", "zip"])
@pytest.mark.parametrize("export", EXPORTS)
def test_everybody_is_found(opened: Opened, export: str, archive: bool) -> None:
    """As a folder and as the archive that the platform gives, of one kata or of several."""
    title, made = EXPORTS[export]
    for numbers in (["03"], ["01", "03"]):
        inbox = opened(made(PEOPLE, TOPIC), *numbers, archive=archive)
        assert inbox.title == title
        assert {name: text.strip().splitlines()[-1] for name, text in texts(inbox).items()} == {
            name: f"# {name}" for name in PEOPLE
        }
        assert inbox.said.endswith(": 5 people")
        assert (f"taken as {title}" in inbox.said) == bool(title)
        assert not [s for s in inbox.skipped if s.name]


@pytest.mark.parametrize("export", [name for name in EXPORTS if name != "by-hand"])
def test_one_odd_file_does_not_change_what_it_is(opened: Opened, export: str) -> None:
    """A grader's notes beside an export are listed, and nobody's."""
    title, made = EXPORTS[export]
    contents = dict(made(PEOPLE, TOPIC))
    folder = "/".join(min(contents, key=len).split("/")[:-1]) if export == "gradescope" else ""
    folder = {"github": "kata-submissions", "nbgrader": "submitted"}.get(export, folder)
    contents[f"{folder}/notes.txt".lstrip("/")] = "marks so far"
    inbox = opened(contents)
    assert inbox.title == title
    assert len(inbox.submissions) == 5
    assert [s.path for s in inbox.skipped if not s.owner] == ["notes.txt"]


def test_the_formats_of_the_command_line_are_those_of_the_table() -> None:
    """Every platform can be asked for."""
    assert set(FORMATS) == set(PLATFORMS)


def test_a_format_that_is_asked_for_overrules_the_marks(opened: Opened) -> None:
    """Folders that only look like an export are a grader's own."""
    contents = {f"{name}_{i}_assignsubmission_file/{TOPIC}.py": "" for i, name in enumerate("ab")}
    assert opened(contents).title == "a Moodle export"
    inbox = opened(contents, asked="folders")
    assert inbox.title == ""
    assert [s.name for s in inbox.submissions] == [path.split("/")[0] for path in contents]
    inbox = opened({"submission_1/a.py": "", "other/a.py": ""}, asked="gradescope")
    assert inbox.title == "a Gradescope export"


def test_a_person_of_a_platforms_name_changes_nothing(opened: Opened) -> None:
    """One folder named as an export's is, among others, is a person's own idea."""
    contents = {"ann/03/learning_rate.py": "", "bob/03/learning_rate.py": ""}
    contents |= {"Cat_1_assignsubmission_file/03/learning_rate.py": ""}
    assert opened(contents).title == ""


def test_names_that_lead_out_of_an_archive_are_told(opened: Opened) -> None:
    """To the grader where they stand in the export itself, else to whose archive it is."""
    contents = {f"{name}_7_assignsubmission_file/{TOPIC}.py": "" for name in ("Ann", "Bob", "Cat")}
    work = packed({"03/other.txt": "", "../03/learning_rate.py": "x", "/etc/passwd": "y"})
    contents |= {"Dan_7_assignsubmission_file/work.zip": work, "../../out.py": ""}
    told = [s for s in unread(opened(contents, archive=True)) if "leads nowhere" in s.why]
    assert [(s.path, s.owner) for s in told] == [
        ("../../out.py", ""),
        ("Dan/work.zip/../03/learning_rate.py", "Dan"),
        ("Dan/work.zip//etc/passwd", "Dan"),
    ]


def test_who_is_in_gradescopes_metadata_alone_is_there(opened: Opened) -> None:
    """An archive may have no folder for somebody who handed in nothing: not submitted, not gone."""
    metadata = "\n".join(f"submission_{i}:\n  :submitters:\n  - :name: {n}" for i, n in
                         ((7, "Ann"), (8, "Bob")))  # fmt: skip
    inbox = opened({"submission_7/learning_rate.py": "x", "submission_metadata.yml": metadata})
    assert texts(inbox)["Ann"] == "x"
    assert texts(inbox)["Bob"].startswith("There is no learning_rate.py")


def test_people_of_one_name_are_told_apart(opened: Opened) -> None:
    """By the platform's number, so that nobody can take another's place."""
    contents = {f"Ann Lee_{i}_assignsubmission_file/{TOPIC}.py": f"{i}" for i in (7, 8)}
    contents["Bob_9_assignsubmission_file/a.py"] = ""
    assert list(texts(opened(contents))) == ["Ann Lee (7)", "Ann Lee (8)", "Bob"]


def test_canvas_without_names(opened: Opened) -> None:
    """An anonymous assignment has its own numbers for names."""
    contents = {f"anon_Ab{i}cd_{500 + i}_{TOPIC}.py": f"{i}" for i in range(3)}
    contents[f"LATE_anon_Zz9_600_{TOPIC}.py"] = "late"
    assert texts(opened(contents)) == {
        **{f"anon_Ab{i}cd": f"{i}" for i in range(3)},
        "anon_Zz9": "late",
    }


@pytest.mark.parametrize("name", [f"{TOPIC}-1.py", f"{TOPIC} (2).py", f"{TOPIC}-12.py"])
def test_canvas_numbers_what_is_handed_in_again(opened: Opened, name: str) -> None:
    """The latest of a name counts, whatever Canvas or the browser made of the name."""
    contents = {f"ann_1_20_{name}": "new", f"ann_1_9_{TOPIC}.py": "old", "bob_2_11_first.py": ""}
    inbox = opened(contents)
    assert texts(inbox)["ann"] == "new"
    (told,) = inbox.skipped
    assert (told.owner, told.path) == ("ann", f"ann_1_9_{TOPIC}.py")


def test_what_was_typed_in_the_browser_is_told(opened: Opened) -> None:
    """To somebody who handed in a file as well, and of somebody who did not."""
    contents = {f"ann_1_9_{TOPIC}.py": "x", "ann_1_text.html": "", "bob_LATE_2_text.html": ""}
    inbox = opened(contents)
    assert list(texts(inbox)) == ["ann"]
    assert {(s.name, s.owner) for s in inbox.skipped} == {("", "ann"), ("bob", "")}
    assert all("typed in the browser" in s.why for s in inbox.skipped)


def test_blackboard_lists_earlier_attempts(opened: Opened) -> None:
    """The latest counts, also where it has no file of that name."""
    begin = "Essay_1_s_1_attempt_2026-0"
    contents = {f"{begin}1-01-01-01-01_{TOPIC}.py": "old", f"{begin}2-01-01-01-01.txt": "empty"}
    contents["Essay_1_s_2_attempt_2026-01-01-01-01-01.txt"] = ""
    inbox = opened(contents)
    assert texts(inbox).keys() == {"1", "2"}
    assert texts(inbox)["1"].startswith(f"There is no {TOPIC}.py")
    (told,) = inbox.skipped
    assert (told.owner, told.path) == ("1", f"1/{TOPIC}.py")
    assert told.why == "this is of the attempt of 2026-01-01 01:01:01, and a later one counts"


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "[",
        "a: [",
        "- 1",
        "submission_1: 3",
        "submission_1: {':submitters': 3}",
        "\x00",
        "é: \xff",
    ],
)
def test_gradescope_without_metadata(opened: Opened, metadata: str) -> None:
    """What cannot be read leaves the numbers for names."""
    contents: dict[str, str | bytes] = {f"submission_1/{TOPIC}.py": "x"}
    contents["submission_metadata.yml"] = metadata.encode("latin-1")
    assert texts(opened(contents)) == {"submission_1": "x"}


def test_a_group_of_gradescope(opened: Opened, tmp_path: Path) -> None:
    """All its names are one name; what YAML would make an object of stays unmade."""
    made = tmp_path / "made"
    text = "submission_1:\n  :submitters:\n  - :name: Ann\n  - :name: '!!python/name:os.system'\n"
    text += f"  - :name: !!python/object/apply:os.mkdir ['{made}']\n"
    contents = {f"submission_1/{TOPIC}.py": "x", "submission_metadata.yml": text}
    assert texts(opened(contents)) == {"Ann, !!python/name:os.system": "x"}
    assert not made.exists()


def test_folders_that_begin_alike_are_no_clones(opened: Opened) -> None:
    """Without git's own folder in each they are what somebody made by hand."""
    inbox = opened({f"group-{name}/03/{TOPIC}.py": name for name in ("ann", "bob")})
    assert texts(inbox) == {"group-ann": "ann", "group-bob": "bob"}


def test_moodles_comment_is_nobody(opened: Opened) -> None:
    """Who only wrote in the browser is not judged, and said to be so."""
    contents = {f"Ann Lee_{i}_assignsubmission_file/{TOPIC}.py": "x" for i in (1, 2)}
    contents["Bob Ray_3_assignsubmission_onlinetext/onlinetext.html"] = "<p>x = 1"
    inbox = opened(contents)
    assert list(texts(inbox)) == ["Ann Lee (1)", "Ann Lee (2)"]
    assert [s.name for s in inbox.skipped] == ["Bob Ray"]


def test_hostile_names_stay_names(opened: Opened) -> None:
    """Nothing that a name holds is obeyed, and none is longer than one can read."""
    names = ["=1+1\x1b[2J", "../../etc", "a\u202eb", "x" * 10_000, "a\nb"]
    metadata = "".join(
        f'submission_{i}:\n  ":submitters":\n  - ":name": "{name}"\n'
        for i, name in enumerate(n.encode("unicode_escape").decode() for n in names)
    )
    contents: dict[str, str] = {f"submission_{i}/{TOPIC}.py": str(i) for i in range(len(names))}
    contents["submission_metadata.yml"] = metadata
    found = texts(opened(contents))
    assert len(found) == len(names)
    assert "../../etc" in found
    for name in found:
        assert len(name) < 130
        assert not set(name) & set("\x1b\n\u202e")
        assert name.encode()


def test_a_notebook_of_one_persons_own_name(opened: Opened) -> None:
    """NAME.ipynb and NAME.zip are submissions of one kata, as NAME.py is."""
    contents = {
        "ann.ipynb": notebook("x = 1"),
        "bob.zip": packed({f"{TOPIC}.py": "y = 2"}),
        "cat.py": "z = 3",
    }
    found = texts(opened(contents))
    assert found.pop("ann").endswith("x = 1\n")
    assert found == {"bob": "y = 2", "cat": "z = 3"}


def test_a_notebook_that_is_none_is_refused(opened: Opened) -> None:
    """The sentence is the one that a learner reads."""
    inbox = opened({f"ann/03/{TOPIC}.ipynb": "import torch\n"})
    handed = inbox.read(inbox.submissions[0], inbox.katas[0])
    assert handed.verdict is Verdict.REFUSED
    assert handed.why.startswith(f"ann/03/{TOPIC}.ipynb: it is not a notebook that can be read")


def test_python_counts_before_a_notebook(opened: Opened) -> None:
    """And it is said that the notebook was not read."""
    inbox = opened({f"ann/03/{TOPIC}.ipynb": notebook("x = 1"), f"ann/03/{TOPIC}.py": "x = 2"})
    assert texts(inbox) == {"ann": "x = 2"}
    (told,) = unread(inbox)
    assert (told.path, told.owner) == (f"ann/03/{TOPIC}.ipynb", "ann")


def test_what_is_left_out_of_a_notebook_is_told(opened: Opened) -> None:
    """To the person whose it is."""
    inbox = opened({f"ann/03/{TOPIC}.ipynb": notebook("%matplotlib inline\nx = 1")})
    (told,) = unread(inbox)
    assert told.owner == "ann"
    assert "Left out, as only a notebook knows it: %matplotlib inline (cell 1)" in told.why


@pytest.mark.parametrize("archive", PACKED, ids=["folder", "zip"])
def test_what_looks_like_an_answer_reaches_its_owner(opened: Opened, archive: bool) -> None:
    """The verdict itself says it, and what to do."""
    inbox = opened({f"ann/{TOPIC} (1).py": "x", "bob/03/learning_rate.py": ""}, archive=archive)
    assert texts(inbox)["ann"] == (
        "There is no learning_rate.py or learning_rate.ipynb in this submission.\n"
        "This looks like your answer: ann/learning_rate (1).py\n"
        "Name it learning_rate.py, and hand it in again."
    )
    (told,) = unread(inbox)
    assert (told.owner, told.kata) == ("ann", "03")


def test_a_number_in_a_name_says_which_kata_is_meant(opened: Opened) -> None:
    """It is no answer to another one; and each file is told the name that it should have."""
    files = {f"homework2.{end}": "x" for end in ("py", "ipynb")}
    inbox = opened(
        {**{f"ann/{n}": c for n, c in files.items()}, "bob/kata04.py": "", "cy/3.py": ""}
    )
    assert texts(inbox)["ann"].splitlines()[1:] == [
        "Is this your answer: ann/homework2.ipynb",
        "Name it learning_rate.ipynb, and hand it in again.",
        "Is this your answer: ann/homework2.py",
        "Name it learning_rate.py, and hand it in again.",
    ]
    assert "kata04.py" not in texts(inbox)["bob"]
    assert "This looks like your answer: cy/3.py" in texts(inbox)["cy"]


def test_a_file_that_may_answer_any_kata_is_offered_once(opened: Opened) -> None:
    """For the first kata that has no answer, and not again for each of the others."""
    inbox = opened({"ann/homework.ipynb": notebook("x = 1"), "bob/first.py": ""}, "01", "03")
    (ann, _) = inbox.submissions
    first, second = (inbox.read(ann, kata).why for kata in inbox.katas)
    assert first == (
        "There is no first.py or first.ipynb in this submission.\n"
        "Is this your answer: ann/homework.ipynb\n"
        "Name it after its kata, such as first.ipynb, and hand it in again."
    )
    assert "homework" not in second
    (told,) = unread(inbox)
    assert "it looks like an answer, and is not read. Name it after its kata" in told.why
    (ann, _) = (inbox := opened({"ann/first.py": ""}, "01", "03")).submissions
    assert "Name it learning_rate.ipynb" in inbox.read(ann, inbox.katas[1]).why


def test_an_empty_archive_is_no_inbox(opened: Opened) -> None:
    """It is said as of an empty folder; of a broken one, what it is."""
    with pytest.raises(InboxError, match="no submission in it"):
        opened({}, archive=True)


def test_a_long_path_is_cut_where_it_is_shown(opened: Opened) -> None:
    """A name in an archive may have 65,000 letters; a page and a cell have not."""
    long = {f"ann/{TOPIC}{'x' * 5000}.py": "", "bob/x/y/z/" + "n" * 9000 + ".py": ""}
    inbox = opened(long, archive=True)
    assert all(len(text) < 600 for text in texts(inbox).values())
    assert all(len(str(entry)) < 600 for entry in unread(inbox))


def test_a_submission_is_walked_through_once(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many katas are missing from it."""
    inbox = opened({f"ann/{i}.py": "" for i in range(9)}, "01", "03")
    walked = lookalikes._walked
    walks = list[Submission]()

    def counted(files: Listing, person: Submission) -> Iterator[tuple[Place, Place]]:
        walks.append(person)
        return walked(files, person)

    monkeypatch.setattr(lookalikes, "_walked", counted)
    unread(inbox)
    assert len(walks) == 1
    for kata in inbox.katas:
        inbox.read(inbox.submissions[0], kata)
    assert len(walks) == 2
