"""The programs the audit runs, and where they are found."""

from __future__ import annotations

import shutil
from pathlib import Path

NODE_MODULES = Path(__file__).parent / "node_modules"
AXE = NODE_MODULES / "axe-core" / "axe.min.js"
VNU = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = NODE_MODULES / "lighthouse" / "cli" / "index.js"


def missing(*needed: Path | str) -> str:
    """What of these files and commands is not there, and how it gets there; empty if nothing is."""
    absent = [
        str(tool if isinstance(tool, str) else tool.relative_to(NODE_MODULES))
        for tool in needed
        if not (shutil.which(tool) if isinstance(tool, str) else tool.exists())
    ]
    if not absent:
        return ""
    return f"not found: {', '.join(absent)}; `make audit-tools` installs what npm has"
