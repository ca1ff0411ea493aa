"""What is published, to which target, and what must not be."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from generator.branch_files import branch_files
from generator.build import build
from generator.changes import Changes
from generator.config import Config, load_config
from generator.deployed import Deployed
from generator.extra_folder import find_extra
from generator.i18n import LANGUAGES
from generator.names import nearest
from generator.own_folders import own_folder_touched
from generator.problems import N_, Place, Problem, Severity, in_order
from generator.project import FILE_NAME
from generator.publish_targets import Branch, Folder, Target
from generator.remote_errors import TargetError
from generator.reports import Options, Report
from generator.site_files import LocalFile, built_files, is_plain_path
from generator.standing import question
from generator.themes import ASSETS
from generator.urls import SEARCH

MOST_DELETED = 100
MOST_DELETED_SHARE = 0.25
"""More files than this are not removed without being asked for: so many seldom go by intention."""

_RENAMED = re.compile(rf"(?:(?:{'|'.join(LANGUAGES)})/)?(?:{SEARCH}|{ASSETS}/)")


class NoTarget(TargetError):
    """What is asked for is not in bulletin.toml."""


class Edition(Struct, frozen=True):
    """What is ready to be published: the configuration, the target, the report of the build, all
    files by path. With an error in `report`, there are none."""

    config: Config
    target: Target
    report: Report
    files: Mapping[str, LocalFile]
    output: Path

    @property
    def public_url(self) -> str:
        """Where readers find it; `` where nobody has said."""
        return self.target.public_url or self.config.base_url


def choose_target(targets: Sequence[Target], name: str | None) -> Target:
    """The target of this name; without one the default, which the only one is. Raises NoTarget
    where there is none."""
    if not targets:
        raise NoTarget(
            N_("{file} names no target to publish to"),
            N_('write for example: [publish.live], and below it: url = "sftp://user@host/var/www"'),
            file=FILE_NAME,
        )
    names = [target.name for target in targets]
    if name is not None:
        found = next((target for target in targets if target.name == name), None)
        if found is None:
            raise NoTarget(
                N_("there is no target “{name}”"),
                N_("did you mean “{near}”?") if nearest(name, names) else N_("targets: {known}"),
                name=name,
                near=nearest(name, names) or "",
                known=", ".join(names),
            )
        return found
    defaults = [target for target in targets if target.default]
    if not defaults and len(targets) > 1:
        raise NoTarget(
            N_("there are several targets, and none is the default"),
            N_("name one of them ({known}), or write “default = true” below it"),
            known=", ".join(names),
        )
    return (defaults or [*targets])[0]


def prepare(
    project: Path,
    name: str | None,
    strict: bool,
    on_wait: Callable[[], None] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Edition:
    """Build the site, and find what is to be published. Raises ProblemsFound for `bulletin.toml`,
    NoTarget where there is no such target, OSError where the disk fails."""
    config = load_config(project)
    target = choose_target(config.targets, name)
    output = project / "site"
    options = Options(project, output, jobs=os.cpu_count() or 1, strict=strict, search=True)
    report = build(options, on_wait, on_progress)
    stopping = (*_missing_address(config, target), *_misplaced(project, target))
    report = _with(report, map(_stopping, report.problems), stopping)
    if report.failed:
        return Edition(config, target, report, {}, output)
    # Others may have built since: with drafts, for example.
    files = built_files(project, output, question(options))
    if isinstance(target.kind, Branch):
        files.update(branch_files(project, target.name, target.kind))
    if target.extra:
        extra, more = find_extra(project, target, files)
        files.update(extra)
        report = _with(report, report.problems, more)
    report = _with(report, report.problems, _unfit_names(target, files))
    return Edition(config, target, report, {} if report.failed else files, output)


def pages_removed(changes: Changes) -> list[str]:
    """What would be removed and may have been somebody's work: not files of the search and of
    themes, which get other names whenever they change."""
    return [path for path in changes.removed if not _RENAMED.match(path)]


def removes_much(changes: Changes, deployed: Deployed) -> bool:
    """Whether so much would be removed that somebody should be asked."""
    there = sum(not _RENAMED.match(path) for path in (*deployed.files, *deployed.uncertain))
    count = len(pages_removed(changes))
    return count > MOST_DELETED or count > there * MOST_DELETED_SHARE


def _stopping(problem: Problem) -> Problem:
    """A site without the search it links to will do on a disk, but readers would meet a dead
    link."""
    if problem.code == "link-to-no-search":
        return structs.replace(problem, severity=Severity.ERROR)
    return problem


def _missing_address(config: Config, target: Target) -> list[Problem]:
    if config.base_url or isinstance(target.kind, Folder):
        return []
    return [
        Problem(
            Place(FILE_NAME),
            "missing-base-url",
            N_("without “base_url” a published site has no feeds and no sitemap"),
            N_('write under [site] where readers find it: base_url = "https://…"'),
        )
    ]


def _misplaced(project: Path, target: Target) -> list[Problem]:
    """What is wrong with a folder to publish to that has to do with what the site is made of."""
    if not isinstance(target.kind, Folder):
        return []
    own = own_folder_touched(project / target.kind.path, project, *filter(None, [target.extra]))
    if not own:
        return []
    return [
        Problem(
            target.place,
            "target-in-the-way",
            N_("the target “{name}” is a folder that the site is made of, or around it: {own}"),
            N_("publish to a folder of its own, for example file:../www"),
            {"name": target.name, "own": own},
        )
    ]


def _unfit_names(target: Target, paths: Iterable[str]) -> list[Problem]:
    """Files that would not be found again by this name on every system."""
    return [
        Problem(
            target.place,
            "bad-file-name",
            N_("no file can be published as “{file}”"),
            N_("rename it: take letters, digits, - and _"),
            {"file": path.encode("utf-8", "replace").decode()},
        )
        for path in paths
        if not is_plain_path(path)
    ]


def _with(report: Report, problems: Iterable[Problem], more: Iterable[Problem]) -> Report:
    return structs.replace(report, problems=tuple(in_order((*problems, *more))))
