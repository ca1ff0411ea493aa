"""What an editor saves: one article, again and again, something new each time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.on_screen import MARK
from benchmarks.synthetic.records import Article, Corpus

_WORDS = 10


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it is to be saved, and the number in its `MARK`."""

    number: int
    path: Path
    text: bytes

    def save(self) -> None:
        """Write the file in place, all at once."""
        self.path.write_bytes(self.text)


class Editor:
    """Edits one article of a site, for whatever generator. The same seed, the same words."""

    def __init__(self, path: Path, article: Article, corpus: Corpus, seed: int) -> None:
        self._path, self._title = path, article.title
        self._articles, self._random = corpus.articles, Random(seed)
        self._number = 0

    def add_sentence(self) -> Edit:
        """One sentence more at the end, of words that another article has."""
        text, words = self._text().rstrip("\n"), self._words()
        return self._edit(lambda mark: f"{text}\n\nCâu thêm, {mark}: {words}.\n")

    def change_title(self) -> Edit:
        """Another title in the front matter."""
        text = self._text()
        return self._edit(lambda mark: retitled(text, f"{self._title} ({mark})"))

    def _text(self) -> str:
        return self._path.read_bytes().decode()

    def _edit(self, text: Callable[[str], str]) -> Edit:
        self._number += 1
        mark = MARK.format(number=self._number)
        return Edit(self._number, self._path, text(mark).encode())

    def _words(self) -> str:
        article = self._random.choice(self._articles)
        text = " ".join(part for part in article.body if isinstance(part, str))
        words = re.findall(r"\b[^\W\d_]{2,}\b", text.lower())
        return " ".join(self._random.choices(words, k=_WORDS))


def retitled(text: str, title: str) -> str:
    """A file with another title: YAML, TOML, or JSON with a line for each field."""
    line = re.compile(r'^(title: | "title": |title = )"(?:[^"\\]|\\.)*"', re.MULTILINE)
    return line.sub(lambda found: found[1] + json.dumps(title, ensure_ascii=False), text, count=1)
