"""The page of a report, as tests read it: its elements, the card of a lemma, a field of a card."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tags with their attributes, and the text of each element that has an id or is a card's heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def card(page: str, name: str) -> str:
    """The mark-up of one lemma's card."""
    return page.split(f"<article class=card id=lemma-{name}>")[1].split("</article>")[0]


def field(page: str, name: str, title: str) -> str:
    """The text of one field of a card."""
    after = card(page, name).split(f"<h4>{title}</h4>")[1].split("<h4>")[0]
    return Page(after).text
