"""One person's feedback as a page for a browser: what is in its Markdown, and nothing else."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

from dojo.judge.reports.class_page.pages import PageTemplate
from dojo.terminal.visible import one_line

FOREIGN = ("html_block", "html_inline", "link", "image", "autolink", "reference")


class FeedbackInHtml:
    """Writes feedback for browsers, one person after another."""

    def __init__(self) -> None:
        self._page = PageTemplate("feedback")
        self._reader = MarkdownIt("commonmark", {"html": False}).disable(FOREIGN)

    def page(self, name: str, markdown: str) -> str:
        """Return the page of what `feedback_pages.page` wrote of somebody."""
        told = Markup(self._reader.render(markdown))
        return self._page.template.render(name=one_line(name), told=told, **self._page.own)
