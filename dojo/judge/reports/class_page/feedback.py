"""One person's feedback as a page for a browser: what is in its Markdown, and pictures to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from dojo.judge.reports.class_page.pages import PageTemplate
from dojo.judge.result import Plot
from dojo.terminal.visible import one_line

OF_A_KATA = re.compile(r"katas/(\d\d)")  # all of a heading
FOREIGN = ("html_block", "html_inline", "link", "image", "autolink", "reference")


class FeedbackInHtml:
    """Writes feedback for browsers, one person after another."""

    def __init__(self) -> None:
        self._page = PageTemplate("feedback", pictures=True)
        self._reader = MarkdownIt("commonmark", {"html": False}).disable(FOREIGN)

    def page(self, name: str, markdown: str, plots: Mapping[str, Plot] | None = None) -> str:
        """Return the page of what `feedback_pages.page` wrote of somebody, with katas' pictures."""
        parts = self._parts(self._reader.parse(markdown), plots or {})
        return self._page.template.render(name=one_line(name), parts=parts, **self._page.own)

    def _parts(
        self, tokens: Sequence[Token], plots: Mapping[str, Plot]
    ) -> Iterator[tuple[Markup, Plot | None]]:
        """Yield the text up to each picture, below the first words of its kata; then the rest."""
        begun = 0
        for at, token in enumerate(tokens):
            found = OF_A_KATA.fullmatch(tokens[at + 1].content) if token.tag == "h2" else None
            if token.type != "heading_open" or found is None:
                continue
            token.attrSet("id", f"katas-{found[1]}")
            if plot := plots.get(found[1]):
                end = 1 + next(
                    i for i in range(at, len(tokens)) if tokens[i].type == "paragraph_close"
                )
                yield self._rendered(tokens[begun:end]), plot
                begun = end
        yield self._rendered(tokens[begun:]), None

    def _rendered(self, tokens: Sequence[Token]) -> Markup:
        return Markup(self._reader.renderer.render(tokens, self._reader.options, {}))
