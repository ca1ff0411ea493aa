"""The exit codes of the command; docs/commands.md says what each means."""

from __future__ import annotations

DONE, BAD_CONTENT, BAD_USAGE, FAILED, STOPPED = 0, 1, 2, 3, 130
