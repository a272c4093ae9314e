"""The page of a class in headless Chromium: as a teacher uses it, by mouse or by keyboard alone."""

from __future__ import annotations

import base64
import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dojo.judge.reports.class_page.counting import Classroom
from dojo.judge.reports.class_page.feedback import FeedbackInHtml
from dojo.judge.reports.class_page.writing import write_class_page
from dojo.judge.reports.feedback_pages import page as in_markdown
from dojo.judge.result import Plot, Result
from dojo.judge.verdict import Verdict

from ...conftest import NO_BROWSER
from .test_class_page import LATE, TITLES, failed
from .test_gradebook import DONE, HOSTILE, TO_DO, judged

INSTALL = "pip install -c constraints.txt -e '.[browser]'; apt install chromium"
FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
AA = 4.5  # the least contrast of text, of WCAG
Opened = Callable[..., Any]
Visited = Callable[..., Any]
Class = Mapping[str, Sequence[Result]]

ATTACK = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
STOPPED = failed("descend", heading="TIMEOUT", verdict=Verdict.TIMEOUT)
ENDS = {
    "ann": (DONE, DONE),
    "Zoë": (LATE, DONE),
    "bob": (LATE, STOPPED),
    "eve 10": (TO_DO, LATE),
    "eve 9": (DONE, TO_DO),
    HOSTILE: (failed(ATTACK, heading=ATTACK), LATE),
    ATTACK: (failed(ATTACK, heading=ATTACK), LATE),
}
PEOPLE = {n: [judged(n, "01", a, DONE), judged(n, "03", b)] for n, (a, b) in ENDS.items()}
CONTRASTS = """() => {
    const light = (color) => {
        const part = color.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255);
        const [r, g, b] = part.map((v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const all = document.querySelectorAll("p, th, td, th span, a, summary, code, label, button");
    return Array.from(all).filter((e) => e.checkVisibility() && e.textContent.trim()).map((e) => {
        let under = e;
        while (getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") {
            under = under.parentNode;
        }
        const both = [getComputedStyle(e).color, getComputedStyle(under).backgroundColor];
        const [dark, bright] = both.map(light).sort((a, b) => a - b);
        return [e.textContent, (bright + .05) / (dark + .05)];
    });
}"""

ROWS = "Array.from(document.querySelectorAll('.people tbody tr'))"
SHOWN = f"() => {ROWS}.filter((row) => row.checkVisibility()).length"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for all of these tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason=NO_BROWSER + INSTALL)
    if not FOUND:
        pytest.skip(NO_BROWSER + INSTALL)
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=FOUND, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visited(browser: Any) -> Iterator[Visited]:
    """Visit a page; nothing may be said on the console, nor fetched."""
    said, contexts = list[str](), list[Any]()

    def visits(file: Path, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        for event in ("console", "pageerror", "request"):
            page.on(event, noted)
        page.goto(file.as_uri())
        return page

    def noted(event: Any) -> None:
        told = getattr(event, "text", None) or getattr(event, "url", None) or str(event)
        own = told.endswith((".html", "#katas-01")) or told.startswith("data:image/png;")
        said.extend([told] * (not own))

    yield visits
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def opened(visited: Visited, tmp_path: Path) -> Opened:
    """Open the page of a class."""

    def opens(people: Class = PEOPLE, **options: Any) -> Any:
        room = Classroom(tuple(TITLES))
        for name, own in people.items():
            room.add(name, own)
        with (tmp_path / "index.html").open("w", encoding="utf-8") as file:
            write_class_page(file, room, TITLES)
        return visited(tmp_path / "index.html", **options)

    return opens


def names(page: Any) -> list[str]:
    """Return who is shown, in order, but those whose names are hostile."""
    shown = page.locator(".people tbody tr:visible th").all_inner_texts()
    return [name for name in shown if name in PEOPLE and name != ATTACK]


def head(page: Any, name: str) -> Any:
    """Return the head of a column of the table of people."""
    table = page.get_by_role("region", name="Everyone").get_by_role("table")
    return table.get_by_role("columnheader", name=name)


def test_it_sorts(opened: Opened) -> None:
    """A head sorts by its column, and the other way round when it is pressed again; it says so."""
    page = opened()
    assert names(page) == ["ann", "Zoë", "bob", "eve 10", "eve 9"]
    head(page, "Name").get_by_role("button").click()
    assert names(page) == ["ann", "bob", "eve 9", "eve 10", "Zoë"]
    assert head(page, "Name").get_attribute("aria-sort") == "ascending"
    head(page, "Name").get_by_role("button").click()
    assert names(page) == ["Zoë", "eve 10", "eve 9", "bob", "ann"]
    head(page, "03 closed form").get_by_role("button").click()
    assert names(page) == ["Zoë", "ann", "eve 10", "eve 9", "bob"]
    assert head(page, "Name").get_attribute("aria-sort") is None
    assert head(page, "03").get_attribute("aria-sort") == "descending"
    assert page.get_by_role("status").inner_text() == "Sorted by 03 closed form, highest first."


def test_it_chooses(opened: Opened) -> None:
    """By name, and by verdict in one kata or any; how many are found is said to who cannot see."""
    page = opened()
    page.get_by_label("Name").fill("EVE")
    assert names(page) == ["eve 10", "eve 9"]
    assert page.get_by_role("status").inner_text() == "2 of 7 people are found."
    page.get_by_label("Verdict").select_option("TODO")
    page.get_by_label("Kata").select_option("03 closed form")
    assert names(page) == ["eve 9"]
    page.get_by_label("Kata").select_option("any")
    assert names(page) == ["eve 10", "eve 9"]
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("7 of 7 people are found.").wait_for()
    assert len(names(page)) == 5


def test_by_keyboard_alone(opened: Opened) -> None:
    """Every control is reached with Tab and worked with Enter; a focus is seen."""
    page = opened()
    reached = list[str]()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        if page.evaluate("document.activeElement.name") == "name":
            page.keyboard.type("eve")
            page.keyboard.press("Enter")  # sends nothing anywhere
        if reached[-1].startswith("01") and page.evaluate(
            "!!document.activeElement.closest('.people')"
        ):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert names(page) == ["eve 9", "eve 10"]
    assert {"Show all", "Name", "Done", "Points"} <= set(reached)
    assert page.url.endswith("/index.html")


def test_what_a_screen_reader_is_told(opened: Opened) -> None:
    """Regions and tables with names, heads of rows and columns, a search, a status."""
    page = opened()
    for name in ("What to teach again", "How far the class is", "Everyone"):
        assert page.get_by_role("heading", name=name).count() == 1
        assert page.locator("div").and_(page.get_by_role("region", name=name)).count() == 1
    assert page.get_by_role("table").count() == 3
    assert page.get_by_role("search", name="Choose people").count() == 1
    assert page.get_by_role("rowheader", name="ann").count() == 1
    assert page.get_by_role("link", name="ann", exact=True).first.get_attribute("href") == (
        "feedback/ann.html"
    )
    assert page.get_by_role("status").get_attribute("aria-live") == "polite"


def test_what_is_hostile_stays_text(opened: Opened) -> None:
    """A name that is a script is a name; the policy lets nothing else run."""
    page = opened()
    assert page.title() == "Gradient katas: the class"
    assert page.get_by_role("rowheader", name=ATTACK).count() == 1
    assert page.locator("img").count() == 0
    assert ATTACK in page.locator(".faults").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(opened: Opened, scheme: str) -> None:
    """Text stands out from what is under it, in either scheme; nothing runs out of the screen."""
    page = opened(color_scheme=scheme, viewport={"width": 390, "height": 800})
    contrasts = dict(page.evaluate(CONTRASTS))
    assert len(contrasts) > 30
    assert {text: c for text, c in contrasts.items() if c < AA} == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script(opened: Opened) -> None:
    """All is there to be read, and no control that would do nothing."""
    page = opened(java_script_enabled=False)
    assert len(names(page)) == 5
    assert not page.get_by_role("search").is_visible()
    assert page.locator("button:visible").count() == 0


def test_thousands(opened: Opened) -> None:
    """Of 5,000 people some are laid out at a time; all are sorted, found, and printed."""
    many = {f"p{i:04}": PEOPLE[("ann", "Zoë", "bob", "eve 9")[i % 4]] for i in range(5000)}
    page = opened(many | {"zoe": PEOPLE["ann"]})
    rows = page.locator(".people tbody tr:visible")
    assert page.evaluate(SHOWN) == 300
    page.locator(".more").click()
    assert page.evaluate(SHOWN) == 600
    page.locator(".people thead button").first.click(click_count=2)
    assert rows.first.locator("th").inner_text() == "zoe"
    chosen = page.locator("input")
    chosen.fill("4999")
    assert rows.all_inner_texts()[0].startswith("p4999")
    assert page.locator(".said").inner_text() == "1 of 5001 people are found."
    chosen.fill("")
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) == 5001
    assert not chosen.is_visible()


def test_it_prints(opened: Opened) -> None:
    """On paper it is a few pages in landscape."""
    paper = opened().pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(842, 595)}
    assert len(sizes) <= 3


def png() -> str:
    """Return a picture in base64, as wide as those of katas."""
    written = io.BytesIO()
    Image.new("RGB", (990, 550), "white").save(written, format="PNG")
    return base64.b64encode(written.getvalue()).decode()


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    """The page of somebody who fails two katas, with a picture of the first one."""
    own = [judged(ATTACK, "01", LATE, DONE), judged(ATTACK, "03", LATE)]
    told = in_markdown(ATTACK, own, 2)
    file = tmp_path / "feedback/ann.html"
    file.parent.mkdir()
    text = FeedbackInHtml().page(ATTACK, told, {"01": Plot(png(), f"{ATTACK}: yours goes up.")})
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [390, 1280])
def test_a_picture_on_somebodys_page(visited: Visited, feedback: Path, width: int) -> None:
    """The policy lets it be seen; it says what it shows; on a phone it can still be read."""
    page = visited(feedback, viewport={"width": width, "height": 800}, color_scheme="dark")
    (picture,) = page.get_by_role("img").all()
    assert picture.get_attribute("alt") == f"{ATTACK}: yours goes up."
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 990
    assert picture.bounding_box()["width"] >= 600
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    above, below = (page.locator(f"#katas-{kata}").bounding_box()["y"] for kata in ("01", "03"))
    assert above < picture.bounding_box()["y"] < below
    assert {t: c for t, c in page.evaluate(CONTRASTS) if c < AA} == {}


def test_from_the_class_to_what_one_person_sees(opened: Opened, feedback: Path) -> None:
    """Who makes a mistake is a click away from it, at the kata where it was made."""
    page = opened({"ann": PEOPLE["bob"], "bob": PEOPLE["bob"]})
    page.locator(".faults summary").first.click()
    page.locator(".faults").get_by_role("link", name="ann").first.click()
    page.wait_for_url("**/feedback/ann.html#katas-01")
    assert page.get_by_role("img").is_visible()
    assert feedback.exists()


def test_somebodys_page_prints(visited: Visited, feedback: Path) -> None:
    """A picture is on one sheet, whole."""
    paper = visited(feedback).pdf()
    assert len(re.findall(rb"/MediaBox", paper)) <= 2
