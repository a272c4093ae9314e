"""Pages of one file that need no network, no script and no trust.

Whatever was submitted is escaped by the templates' engine. Nothing but a page's own style and its
own script is let run: the browser is told their digests.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

HERE = Path(__file__).parent


class PageTemplate:
    """A page's template, with its style and, where it has one, its script: NAME.html, .css, .js.

    pictures: it may hold pictures of its own, as data
    """

    def __init__(self, name: str, *, pictures: bool = False) -> None:
        engine = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.template: Template = engine.get_template(f"{name}.html")
        style, script = _own(f"{name}.css"), _own(f"{name}.js")
        self.own: dict[str, Any] = {
            "style": style,
            "script": script,
            "policy": _policy(style, script, pictures=pictures),
        }


def _own(name: str) -> Markup:
    """Read a file of ours that goes into the page as it is, if there is one."""
    file = HERE / name
    return Markup(file.read_text(encoding="utf-8") if file.exists() else "")


def _policy(style: str, script: str, *, pictures: bool) -> str:
    """Allow this style and this script, by their digests, perhaps data as pictures, and no more."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            *([f"script-src '{_digest(script)}'"] if script else []),
            *(["img-src data:"] if pictures else []),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
