"""A report as a list of blocks, written as Markdown and as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from coopgame.report.tables import Table, inline_html, inline_markdown

_STYLE = """
:root { color-scheme: light; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1.2rem; line-height: 1.55; color: #1b1b1b;
  font-family: "Source Serif 4", Georgia, "Times New Roman", "Noto Serif CJK SC", "Source Han Serif SC",
    "Songti SC", SimSun, serif; }
h1, h2, h3, th, figcaption, caption { font-family: "Helvetica Neue", Arial, "Noto Sans CJK SC", "PingFang SC",
    "Microsoft YaHei", sans-serif; }
h2 { border-bottom: 1px solid #999; margin-top: 2.4rem; }
h3 { margin-top: 2rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; font-size: 0.92rem; }
th, td { border-bottom: 1px solid #ccc; padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #333; }
code { font-size: 0.9em;
  font-family: Consolas, Menlo, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; }
figure { margin: 1.4rem 0; }
img { max-width: 100%; height: auto; }
figcaption, .caption { color: #444; font-size: 0.9rem; }
"""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title of the document; anchor is the target of links to it."""

    level: int
    text: str
    anchor: str = ""

    def markdown(self) -> str:
        """Return the heading as Markdown."""
        target = f'<a id="{self.anchor}"></a>\n\n' if self.anchor else ""
        return f"{target}{'#' * self.level} {inline_markdown(self.text)}\n"

    def html(self) -> str:
        """Return the heading as HTML."""
        target = f' id="{escape(self.anchor)}"' if self.anchor else ""
        return f"<h{self.level}{target}>{inline_html(self.text)}</h{self.level}>\n"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with an optional leading word in bold and an optional language code."""

    text: str
    lead: str = ""
    language: str = ""

    def markdown(self) -> str:
        """Return the paragraph as Markdown."""
        lead = f"**{self.lead}:** " if self.lead else ""
        return f"{lead}{inline_markdown(self.text)}\n"

    def html(self) -> str:
        """Return the paragraph as HTML."""
        lead = f"<strong>{escape(self.lead)}:</strong> " if self.lead else ""
        language = f' lang="{self.language}"' if self.language else ""
        return f"<p{language}>{lead}{inline_html(self.text)}</p>\n"


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: Sequence[str]

    def markdown(self) -> str:
        """Return the list as Markdown."""
        return "".join(f"- {inline_markdown(item)}\n" for item in self.items)

    def html(self) -> str:
        """Return the list as HTML."""
        return "<ul>\n" + "".join(f"<li>{inline_html(item)}</li>\n" for item in self.items) + "</ul>\n"


@dataclass(frozen=True)
class TableBlock:
    """A table with its caption, and the files that hold it."""

    table: Table
    files: Sequence[str] = ()

    def markdown(self) -> str:
        """Return the table and its caption as Markdown."""
        links = ", ".join(f"[{_ending(name)}]({name})" for name in self.files)
        caption = " ".join(filter(None, (inline_markdown(self.table.caption), f"({links})" if links else "")))
        return f"{caption}\n\n{self.table.to_markdown()}" if caption else self.table.to_markdown()

    def html(self) -> str:
        """Return the table and its caption as HTML."""
        links = ", ".join(f'<a href="{escape(name)}">{_ending(name)}</a>' for name in self.files)
        caption = " ".join(filter(None, (inline_html(self.table.caption), f"({links})" if links else "")))
        return (f'<p class="caption">{caption}</p>\n' if caption else "") + self.table.to_html()


def _ending(name: str) -> str:
    return name.rsplit(".", 1)[1].upper()


@dataclass(frozen=True)
class Image:
    """A figure: a relative path of a PNG, the caption, and the vector file beside it."""

    path: str
    caption: str
    vector: str = ""

    def markdown(self) -> str:
        """Return the figure as Markdown."""
        link = f" ([PDF]({self.vector}))" if self.vector else ""
        return f"![{_alternative(self.caption)}]({self.path})\n\n{inline_markdown(self.caption)}{link}\n"

    def html(self) -> str:
        """Return the figure as HTML."""
        link = f' (<a href="{escape(self.vector)}">PDF</a>)' if self.vector else ""
        image = f'<img src="{escape(self.path)}" alt="{escape(_alternative(self.caption))}">'
        return f"<figure>{image}\n<figcaption>{inline_html(self.caption)}{link}</figcaption></figure>\n"


def _alternative(caption: str) -> str:
    return caption.replace("`", "").replace("[", "(").replace("]", ")").replace("*", "")


Block = Heading | Paragraph | Bullets | TableBlock | Image


@dataclass(frozen=True)
class Document:
    """A title and the blocks below it."""

    title: str
    blocks: Sequence[Block]

    def markdown(self) -> str:
        """Return the whole document as Markdown."""
        return "\n".join(block.markdown() for block in (Heading(1, self.title), *self.blocks))

    def html(self) -> str:
        """Return the whole document as one HTML page with its style inside."""
        body = "".join(block.html() for block in (Heading(1, self.title), *self.blocks))
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
        )
