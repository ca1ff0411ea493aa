"""The words of the live preview's client, which has none of its own."""

from __future__ import annotations

from generator.i18n import Translator
from generator.problems import N_

_WORDS = {
    "preview": N_("Preview"),
    # The connection
    "connecting": N_("Connecting to the preview"),
    "live": N_("Live"),
    "lost": N_("Connection lost, trying again"),
    "unsettled": N_("Live; the rest is being worked out"),
    "waiting": N_("The site is getting ready"),
    "progress": N_("{done} of {total}"),
    # The page
    "copy_path": N_("Copy the path"),
    "copied": N_("Copied"),
    "open_editor": N_("Open in VS Code"),
    "word_count_one": N_("{count} word"),
    "word_count": N_("{count} words"),
    "drafts": N_("With drafts"),
    "readers": N_("As readers see it"),
    "readers_without": N_("Readers do not have this page"),
    # Problems
    "problems": N_("Problems"),
    "no_problems": N_("No problems"),
    "error": N_("Error"),
    "warning": N_("Warning"),
    "error_count_one": N_("{count} error"),
    "error_count": N_("{count} errors"),
    "warning_count_one": N_("{count} warning"),
    "warning_count": N_("{count} warnings"),
    "more": N_("and {count} more"),
    "behind": N_("Behind this is the page as it last was right."),
    "mended": N_("No errors any more"),
    # What was saved
    "saved": N_("Saved: {title}"),
    "and_files_one": N_("and {count} other file"),
    "and_files": N_("and {count} other files"),
    "go_there": N_("Go there"),
    # Related meetings
    "related": N_("Related meetings"),
    "looking": N_("Looking for them …"),
    "related_none": N_("Nothing is related to it."),
    "related_not_shown": N_("Not shown:"),
    "related_failed": N_("They could not be loaded."),
    # Buttons
    "close": N_("Close"),
    "hide": N_("Hide until the next save"),
    "fold": N_("Fold the bar"),
    "unfold": N_("Unfold the bar"),
}
"""What the client calls each text; message ids."""


def words(translator: Translator) -> dict[str, str]:
    """Every text of the client by its name there, and the code of their `language`."""
    texts = {name: translator.gettext(text) for name, text in _WORDS.items()}
    return {"language": translator.language, **texts}
