"""The workflows in docs/publish, for build services."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.arguments import make_parser

FOLDER = Path(__file__).parent.parent / "docs" / "publish"
GITHUB = ("github-pages.yml", "github-actions.yml")
ALL = (*GITHUB, "gitlab-ci.yml")
EVERY_NIGHT = "5 17 * * *"
"""Five minutes past midnight in Hanoi, in UTC."""


def text_of(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def workflow(name: str) -> Any:
    # `on` is a word for yes in YAML 1.1, which keys are not meant in.
    return yaml.safe_load(re.sub(r"^on:", '"on":', text_of(name), flags=re.MULTILINE))


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def lines_to_run(value: object, key: str = "") -> Iterator[str]:
    """What a shell gets, anywhere in a workflow."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from lines_to_run(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from lines_to_run(inner, key)
    elif isinstance(value, str) and key in ("run", "script", "before_script"):
        yield from value.splitlines()


def test_there_are_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*ALL}


@pytest.mark.parametrize("name", ALL)
def test_each_command_is_one(name: str) -> None:
    commands = [line for line in lines_to_run(workflow(name)) if line.startswith("bulletin ")]
    commands += re.findall(r"^# +- (bulletin .*)$", text_of(name), re.MULTILINE)
    assert {"check", "publish" if name != "github-pages.yml" else "build"} <= {
        line.split()[1] for line in commands
    }
    for line in commands:
        make_parser(str).parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize("name", ALL)
def test_what_is_due_goes_live_every_night(name: str) -> None:
    assert "held back until a day goes live with the first publish" in text_of(name)
    assert EVERY_NIGHT in text_of(name)


@pytest.mark.parametrize("name", GITHUB)
def test_when_a_workflow_of_github_runs(name: str) -> None:
    when = workflow(name)["on"]
    assert when["push"] == {"branches": ["main"]}
    assert "workflow_dispatch" in when
    assert when["schedule"] == [{"cron": EVERY_NIGHT}]
    # Nobody else's changes ever run with our secrets.
    assert when.keys() == {"push", "workflow_dispatch", "schedule"}


def test_when_the_pipeline_of_gitlab_runs() -> None:
    rule = workflow("gitlab-ci.yml")["workflow"]["rules"][0]["if"]
    assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule
    assert "push|schedule|web" in rule


@pytest.mark.parametrize("name", GITHUB)
def test_one_at_a_time_and_to_its_end(name: str) -> None:
    assert workflow(name)["concurrency"] == {"group": "publish", "cancel-in-progress": False}


def test_one_at_a_time_and_to_its_end_at_gitlab() -> None:
    job = workflow("gitlab-ci.yml")["publish"]
    assert job["resource_group"] == "publish"
    assert job["interruptible"] is False


@pytest.mark.parametrize("name", GITHUB)
def test_they_may_do_no_more_than_they_need(name: str) -> None:
    found = workflow(name)
    assert found["permissions"] == {"contents": "read"}
    more = {
        job: about["permissions"] for job, about in found["jobs"].items() if "permissions" in about
    }
    pages = {"deploy": {"pages": "write", "id-token": "write"}}
    assert more == (pages if name == "github-pages.yml" else {})
    checkout = next(step for step in steps(name) if "checkout" in step.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", GITHUB)
def test_actions_are_githubs_own_and_of_one_version(name: str) -> None:
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def test_both_use_the_same_versions() -> None:
    versions: dict[str, set[str]] = {}
    for name in GITHUB:
        for step in steps(name):
            action, _, version = step.get("uses", "").partition("@")
            versions.setdefault(action, set()).add(version)
    assert all(len(found) == 1 for found in versions.values())


@pytest.mark.parametrize("name", GITHUB)
def test_other_branches_are_not_published(name: str) -> None:
    """By hand a workflow can be started on any."""
    first = next(iter(workflow(name)["jobs"].values()))
    assert first["if"] == "github.ref == 'refs/heads/main'"
    assert all("needs" in job for job in [*workflow(name)["jobs"].values()][1:])


@pytest.mark.parametrize("given", [True, False])
def test_the_key_at_gitlab_is_for_us_alone(tmp_path: Path, given: bool) -> None:
    lines = workflow("gitlab-ci.yml")["publish"]["before_script"]
    script = "\n".join(line for line in lines if ".ssh" in line) + "\numask\n"
    names = ("SSH_KEY", "SSH_KNOWN_HOSTS")
    values = {name: str(tmp_path / name) if given else "" for name in names}
    for name in names:
        (tmp_path / name).write_text(f"{name} without an end")
    environ = {"HOME": str(tmp_path), "PATH": os.defpath, **values}
    done = subprocess.run(
        ["sh", "-ec", f"umask 022\n{script}"], env=environ, capture_output=True, check=True
    )
    assert done.stdout.strip() == b"0022"
    folder = tmp_path / ".ssh"
    assert folder.stat().st_mode & 0o77 == 0
    if not given:
        assert not [*folder.iterdir()]
        return
    assert (folder / "id_ed25519").read_text() == "SSH_KEY without an end\n"
    assert (folder / "id_ed25519").stat().st_mode & 0o77 == 0
    assert (folder / "known_hosts").read_text() == "SSH_KNOWN_HOSTS without an end"


@pytest.mark.parametrize("name", ALL)
def test_secrets_come_by_the_environment_alone(name: str) -> None:
    """What stands in `run` itself is part of a script, and a secret can end it."""
    for line in lines_to_run(workflow(name)):
        assert "${{" not in line
