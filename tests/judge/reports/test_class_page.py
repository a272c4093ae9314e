"""The page of a class: true of everybody, and nothing in it that a browser obeys."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dojo.judge.reports.class_page.counting import NAME, Classroom
from dojo.judge.reports.class_page.feedback import FeedbackInHtml
from dojo.judge.reports.class_page.writing import MOST, write_class_page
from dojo.judge.reports.feedback_pages import page as in_markdown
from dojo.judge.result import Plot, Result, Skipped, TestResult
from dojo.judge.verdict import Verdict

from .test_gradebook import DONE, HOSTILE, SEEN, TO_DO, judged

VOID = {"meta", "br", "input", "rect", "img"}
TITLES = {"01": "manual update", "03": "closed form"}


def failed(function: str, heading: str = "TRACE DIFFERS", **more: object) -> TestResult:
    """Make a test that fails."""
    bare = TestResult("test_a", Verdict.FAIL, heading, ["x"], 1.0, False, function)
    return replace(bare, **more)  # type: ignore[arg-type]


LATE = failed("descend", named=["late"], shows="a path a step late")
TWICE = failed("gradient", shows="Yours is twice what is wanted.")
ODD = failed("gradient", heading="TypeError")


class Read(HTMLParser):
    """A page as a browser has it: its elements, and their texts."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.written = written
        self.tags, self.attributes = Counter[str](), list[tuple[str, str, str]]()
        self.texts = dict[str, list[str]]()
        self.rows, self._open = list[list[str]](), list[str]()
        self.feed(self.written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Note its end; a cell needs none."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text, where it stands."""
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)
        if self.rows and {"td", "th"} & set(self._open):
            self.rows[-1][-1] = " ".join([*self.rows[-1][-1].split(), *data.split()])

    def all_of(self, name: str) -> list[str]:
        """Return the values of an attribute."""
        return [value for _, own, value in self.attributes if own == name]


class Page(Read):
    """The page of a class."""

    def __init__(
        self, people: Mapping[str, Sequence[Result]], skipped: Sequence[Skipped] = ()
    ) -> None:
        file, room = io.StringIO(), Classroom(tuple(TITLES))
        for name, own in people.items():
            room.add(name, own)
        write_class_page(file, room, TITLES, skipped)
        super().__init__(file.getvalue())


def one(name: str, *tests: TestResult) -> dict[str, list[Result]]:
    """Make somebody who has answered one kata of two."""
    return {name: [judged(name, "01", *tests)]}


def test_everyone_has_a_row() -> None:
    """Verdict and share of each kata in words, how many are done, the points, and a way to more."""
    late = replace(DONE, verdict=Verdict.TIMEOUT)
    page = Page(
        {
            "ann": [judged("ann", "01", DONE, LATE, SEEN), judged("ann", "03", DONE)],
            "Zoë/b": [judged("Zoë/b", "01", late), judged("Zoë/b", "03", TO_DO, DONE, DONE)],
            **one("carl", replace(DONE, verdict=Verdict.GRADER_ERROR)),
        }
    )
    assert page.rows[-3:] == [
        ["ann", "1", "1.50", "FAIL 50 %", "PASS"],
        ["Zoë/b", "0", "0.67", "TIMEOUT 0 %", "TODO 66 %"],
        ["carl", "0", "–", "GRADER-ERROR", "NOT-JUDGED"],
    ]
    assert page.all_of("href")[-3:-1][0] == "feedback/ann.html"
    assert page.all_of("href")[-2].startswith("feedback/Zo%C3%AB_b-")
    assert "Half of the people" not in page.written


def test_what_the_class_gets_wrong() -> None:
    """By kata and function, the most common first, each person once, with who they are."""
    page = Page(
        one("ann", LATE, LATE, TWICE)
        | one("bob", LATE, ODD)
        | one("cid", LATE, ODD, TWICE)
        | one("dan", ODD)
        | one("eve", TO_DO, replace(ODD, verdict=Verdict.GRADER_ERROR))
    )
    faults = [row for row in page.rows if len(row) == 3][1:]
    assert faults == [
        ["3", "01 manual update descend", "a path a step late 3 people ann bob cid"],
        ["2", "01 manual update gradient", "It fails with: TypeError 2 people bob dan"],
        [
            *("2", "01 manual update gradient"),
            "They read: “Yours is twice what is wanted.” 2 people ann cid",
        ],
    ]


def test_what_follows_from_a_fault_is_none() -> None:
    """A file that cannot be imported is one; what waits for a right result is none."""
    broken = [failed(f, heading="CANNOT BE IMPORTED") for f in ("gradient", "descend")]
    waits = failed("update", heading="NOT RIGHT YET")
    page = Page(one("ann", *broken) | one("bob", *broken) | one("cid", LATE, waits))
    page_of_two = Page(one("cid", LATE, waits) | one("dan", LATE, waits))
    assert [row for row in page.rows if len(row) == 3][1:] == [
        ["2", "01 manual update the file", "It fails with: CANNOT BE IMPORTED 2 people ann bob"]
    ]
    assert [row[1] for row in page_of_two.rows if len(row) == 3][1:] == ["01 manual update descend"]


def test_what_one_person_alone_gets_wrong_is_counted() -> None:
    """What to teach again is what several get wrong, and no more of it than one can read."""
    alone = Page(one("ann", LATE, TWICE))
    assert "No two people get the same thing wrong." in alone.written
    assert "2 more that fewer people get wrong" in alone.written
    many = [failed(f"f{i}") for i in range(MOST + 5)]
    page = Page(one("ann", *many) | one("bob", *many))
    assert page.tags["details"] == MOST
    assert "5 more that fewer" in page.written


def test_how_far_the_class_is() -> None:
    """How many people stand where, for each kata."""
    page = Page(one("ann", DONE) | one("bob", LATE) | one("cid", DONE))
    assert (
        "Half of the people have done 1 or more. Nobody has done all of them, 1 person none."
        in (page.written.replace("\n", " "))
    )
    heads, first, second = [row for row in page.rows if "picture" in row[1] or row[1] == ""]
    assert heads[2:] == ["All tests pass", "Some fail", "Not judged"]
    assert (first[0], first[2:]) == ("01 manual update", ["2", "1", "0"])
    assert (second[0], second[2:]) == ("03 closed form", ["0", "0", "3"])


def test_a_class_of_nobody() -> None:
    """An empty inbox has a page, which says who is not judged."""
    page = Page({}, [Skipped("x.txt", "no answer", name="Late <b>Larry</b>"), Skipped("y", "why")])
    assert "Nobody, 2 katas." in page.written
    assert page.texts["bdi"] == ["Late <b>Larry</b>", "x.txt: no answer"]


@pytest.mark.parametrize("text", [HOSTILE, "</script><svg onload=x>", '" onclick="x', "{{ 7*7 }}"])
def test_what_was_submitted_stays_text(text: str) -> None:
    """Names and messages add no element, attribute, style or script, and nothing is fetched."""
    wrong = failed(text, heading=text, named=[text], shows=text)
    other = replace(wrong, named=[], shows="", function="")
    calm = Page(
        one("ann", LATE, replace(ODD, function="")) | one("bob", LATE, replace(ODD, function="")),
        [Skipped("a", "b", name="c")],
    )
    page = Page(
        one(text, wrong, other) | one(f"{text}2", wrong, other), [Skipped(text, text, name=text)]
    )
    assert page.tags == calm.tags
    names = [name for _, name, _ in calm.attributes]
    assert [name for _, name, _ in page.attributes] == names
    assert not any(name.startswith("on") or name in ("style", "src") for name in names)
    links = page.all_of("href")
    assert all(link.startswith(("feedback/", "#")) and "<" not in link for link in links)
    assert not set(page.written) & set("\x1b\x07\x9b\0\r\x08\u202e\udc80\ufffe")
    assert "49" not in "".join(page.texts["bdi"])


def test_a_long_name_is_cut() -> None:
    """10,000 characters make no row that nobody can look past."""
    page = Page(one("y" * 10_000, LATE))
    assert page.texts["bdi"] == ["y" * NAME + "…"]


def test_the_policy_allows_the_pages_own_script_and_style_alone() -> None:
    """Their digests are those of what is on the page; all else is forbidden."""
    page = Page(one("ann", LATE))
    (policy,) = (v for v in page.all_of("content") if "default-src" in v)
    digests = {
        tag: base64.b64encode(hashlib.sha256("".join(page.texts[tag]).encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert (page.tags["style"], page.tags["script"]) == (1, 1)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; "
        f"script-src 'sha256-{digests['script']}'; base-uri 'none'; form-action 'none'"
    )


PLOT = Plot(base64.b64encode(b"a picture").decode(), 'descend: it <goes> "up"')


def test_a_picture_on_somebodys_page() -> None:
    """It stands below the first words of its kata; what it shows is said, as text."""
    first = judged("ann", "01", DONE, failed("descend", message=["step 2: 7.2, not 8.2"]))
    markdown = in_markdown("ann", [first, judged("ann", "03", DONE)], 2)
    plain = FeedbackInHtml().page("ann", markdown)
    page = FeedbackInHtml().page("ann", markdown, {"01": PLOT})
    before, picture, after = re.split("(<figure>.*</figure>)", page)
    assert (before + after).split() == plain.split()
    assert before.rstrip().endswith("1 of 2 tests pass, 0.5 of 1 point.</p>")
    assert after.lstrip().startswith("<p>✗")
    (source, words) = re.findall('="([^"]*)"', picture)
    assert source == f"data:image/png;base64,{PLOT.png}"
    assert html.unescape(words) == PLOT.words
    assert Read(page).all_of("id") == ["katas-01", "katas-03"]
    (policy,) = (v for v in Read(page).all_of("content") if "default-src" in v)
    assert re.sub("sha256-[^']*", "", policy) == (
        "default-src 'none'; style-src ''; img-src data:; base-uri 'none'; form-action 'none'"
    )


FENCES = "</code></pre><script>x</script>", "a\n```\n<b>x", "![a](b)", "[a](javascript:b)", HOSTILE


@pytest.mark.parametrize("text", FENCES)
def test_feedback_in_a_browser(text: str) -> None:
    """It says what the Markdown says, and what was submitted is text in it, too."""

    def written(name: str, told: str) -> Read:
        wrong = failed("descend", heading=told, message=["step 2: 7.2, not 8.2", told])
        own = judged(name, "01", DONE, wrong)
        markdown = in_markdown(name, [own], 2, {"01": {"gradient": [DONE.test]}})
        return Read(FeedbackInHtml().page(name, markdown))

    calm, read = written("ann", "x"), written(text, text)
    assert read.tags == calm.tags
    assert len(read.attributes) == len(calm.attributes)
    assert calm.texts["h1"] == ["Feedback for ann"]
    assert calm.texts["code"][0] == "gradient"
    assert "step 2: 7.2, not 8.2\nx" in calm.texts["code"][-1]
    assert "step 2: 7.2, not 8.2" in read.written


def test_a_record_that_was_stored_gives_the_same_page() -> None:
    """A run that was cut off and goes on writes the same bytes, at another time too."""
    own = one("ann", LATE, TWICE, ODD, SEEN)["ann"]
    stored = [replace(Result.from_json(r.to_json()), seconds=9.0) for r in own]
    assert Page({"ann": own}).written == Page({"ann": stored}).written
