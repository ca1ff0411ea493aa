"""The shape of the code, which docs/architecture.md describes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator"

# A module imports only from rows above its own, or from modules left of it in its row.
ROWS = (
    (
        "problems",
        "names",
        "documents",
        "ties",
        "collation",
        "palette",
        "i18n",
        "project",
        "model",
        "scanning",
    ),
    (
        "decoding",
        "located",
        "plain_yaml",
        "content",
        "sharing",
        "fields",
        "schema",
        "frontmatter",
        "secret_marks",
        "publish_targets",
        "config",
        "theme_settings",
        "read",
    ),
    (
        "terms",
        "markdown_inlines",
        "markdown_dispatch",
        "markdown_rules",
        "markdown_html",
        "markup",
        "parsing",
    ),
    (
        "urls",
        "pictures",
        "animations",
        "svg_uses",
        "svg",
        "raster",
        "publication",
        "register",
        "kinship",
        "links",
        "citations",
        "mentions",
        "meetings",
        "threads",
        "rarity",
        "weighing",
        "relation",
        "archive",
        "ledger",
        "rows",
        "wording",
        "relations",
        "gathering",
        "candidates",
        "related",
        "revision",
        "features",
        "crosscheck",
        "phrases",
        "resolving",
        "catalogue",
        "followups",
        "translations_missing",
        "revising",
    ),
    (
        "view_parts",
        "views",
        "picture_views",
        "body",
        "viewer",
        "descriptions",
        "rankings",
        "role_spans",
        "roles",
        "reasons",
        "scores",
        "document_views",
        "met_views",
        "thread_views",
        "article_view",
        "entry_views",
        "year_figures",
        "date_views",
        "feed_views",
        "search_text",
        "search_views",
        "collisions",
        "addresses",
        "plan",
    ),
    (
        "themes",
        "packing",
        "template_filters",
        "template_expressions",
        "template_code",
        "template_jinja",
        "template_loading",
        "render",
    ),
    (
        "workers",
        "sealed",
        "store",
        "codes",
        "reports",
        "manifest",
        "write",
        "darkroom",
        "kept",
        "printing",
        "opening",
        "pagefind_files",
        "pagefind",
    ),
    (
        "standing",
        "intake",
        "looking",
        "drafting",
        "keeping",
        "indexing",
        "press",
        "amending",
        "making",
        "build",
    ),
    (
        "preview_records",
        "preview_pages",
        "preview_words",
        "settling",
        "observing",
        "watching",
        "workspace",
        "snapshot",
        "kept_preview",
        "page_facts",
        "known_problems",
        "patching",
        "shown",
        "presenting",
        "assembling",
        "agenda",
        "rounds",
        "previewing",
        "last_build",
        "trust",
        "connections",
        "errands",
        "hub",
        "server",
    ),
    (
        "remote_errors",
        "own_folders",
        "site_files",
        "remote",
        "retrying",
        "surveying",
        "unseen",
        "credentials",
        "deployed",
        "changes",
        "destination",
        "target_lock",
        "offloading",
        "disk_errors",
        "folder_bounds",
        "folder_copies",
        "folder_files",
        "folder_remote",
        "ssh_hosts",
        "ssh_login",
        "sftp_files",
        "sftp_steps",
        "ssh_session",
        "sftp_trees",
        "sftp_folder",
        "sftp_remote",
        "rsync_run",
        "rsync_remote",
        "ftp_listing",
        "ftp_errors",
        "ftp_client",
        "ftp_login",
        "ftp_session",
        "ftp_pool",
        "ftp_placing",
        "ftp_remote",
        "http_headers",
        "s3_errors",
        "s3_remote",
        "extra_folder",
        "branch_files",
        "git_commands",
        "git_errors",
        "git_access",
        "git_copy",
        "git_commits",
        "git_branch",
        "own_command",
        "verifying",
        "sending",
        "placing",
        "destinations",
        "publishing",
    ),
    (
        "exit_codes",
        "explain",
        "progress",
        "guide",
        "forms",
        "scaffold",
        "terminal",
        "listening",
        "serve",
        "listing",
        "check",
        "findings",
        "transfer",
        "narrator",
        "publish",
        "arguments",
        "cli",
    ),
)
ORDER = [module for row in ROWS for module in row]
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))


def imports_of(module: str) -> set[str]:
    """The modules of the package a module imports, wherever in it the import stands."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "generator":
            found.add(node.module)
        elif isinstance(node, ast.ImportFrom) and node.module == "generator":
            found |= {f"generator.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {
        name.removeprefix("generator.")
        for name in found
        if name.removeprefix("generator.") in MODULES and name.startswith("generator.")
    }


def test_every_module_stands_in_one_row() -> None:
    assert sorted(ORDER) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_imports_follow_the_rows(module: str) -> None:
    allowed = set(ORDER[: ORDER.index(module)])
    assert imports_of(module) <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_long(module: str) -> None:
    lines = (PACKAGE / f"{module}.py").read_text("utf-8").count("\n")
    assert lines <= 400


def test_the_architecture_document_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [module for module in MODULES if f"`{module}`" not in text] == []


def test_the_command_starts_without_heavy_imports() -> None:
    heavy = (
        "jinja2",
        "markdown_it",
        "yaml",
        "babel",
        "ahocorasick_rs",
        "nh3",
        "numpy",
        "watchdog",
        "PIL",
    )
    code = f"import generator.build, sys; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert shown.stdout.strip() == "[]"
