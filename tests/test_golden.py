"""The whole built site, compared with one that was read and approved."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.golden import EXPECTED, INSTANT, build_golden, files_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("golden")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", INSTANT)
        build_golden(folder)
    return files_of(folder)


def test_the_site_has_the_expected_files(built: dict[str, bytes]) -> None:
    assert sorted(built) == sorted(files_of(EXPECTED))


@pytest.mark.parametrize("path", sorted(files_of(EXPECTED)))
def test_page_is_as_approved(path: str, built: dict[str, bytes]) -> None:
    expected = files_of(EXPECTED)[path]
    if built[path] != expected:
        difference = difflib.unified_diff(
            expected.decode().splitlines(), built[path].decode().splitlines(), "approved", "built"
        )
        pytest.fail("\n".join(difference) + "\n(`make golden` approves it)")


def test_nothing_of_the_draft_is_published(built: dict[str, bytes]) -> None:
    secrets = ("BẢN THẢO", "du-thao", "bi-mat", "Người Bí Mật", "Nội dung chưa công bố")
    for path, data in built.items():
        for secret in secrets:
            assert secret.encode() not in data, path
            assert secret not in path


def test_golden_project_stands_alone() -> None:
    assert not (Path(EXPECTED).parent / "project" / ".bulletin").exists()
