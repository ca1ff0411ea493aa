"""The tables `[publish.*]` of bulletin.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config import load_config
from generator.i18n import Translator
from generator.problems import ProblemsFound
from generator.publish_targets import Branch, Bucket, Command, Folder, Ftp, Kind, Ssh, Target


def targets(folder: Path, *lines: str) -> tuple[Target, ...]:
    text = "\n".join(('[site]\ntitle = "T"', *lines))
    (folder / "bulletin.toml").write_text(text, "utf-8")
    return load_config(folder).targets


def errors(folder: Path, *lines: str) -> list[str]:
    """Those of these lines below `[publish.live]`, in English."""
    with pytest.raises(ProblemsFound) as found:
        targets(folder, "[publish.live]", *lines)
    translator = Translator("en")
    return [translator.problem(problem) for problem in found.value.problems]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("file:///var/www/site", Folder("/var/www/site", None, 5)),
        ("file:../out", Folder("../out", None, 5)),
        ("file:out%20side", Folder("out side", None, 5)),
        ("file:///C:/web/site", Folder("C:/web/site", None, 5)),
        ("file://server/share/site", Folder("//server/share/site", None, 5)),
        (
            "sftp://lan@example.vn/var/www/site/",
            Ssh("example.vn", 0, "lan", "/var/www/site", "", "", False, None, 5, 1),
        ),
        (
            "rsync://example.vn:2222/~/site",
            Ssh("example.vn", 2222, "", "site", "", "", True, None, 5, 1),
        ),
        ("sftp://[::1]/~", Ssh("::1", 0, "", ".", "", "", False, None, 5, 1)),
        ("ftp://example.vn", Ftp("example.vn", 21, "anonymous", ".", False, "", 4)),
        (
            "ftps://lan%40example.vn@example.vn:990/public_html",
            Ftp("example.vn", 990, "lan@example.vn", "/public_html", True, "", 4),
        ),
        ("s3://press", Bucket("press", "", "", "", "", 16)),
        ("s3://press/vi/site", Bucket("press", "vi/site/", "", "", "", 16)),
        (
            "git:git@github.com:office/site.git",
            Branch("git@github.com:office/site.git", "gh-pages", ""),
        ),
        (
            "git:https://github.com/office/site.git",
            Branch("https://github.com/office/site.git", "gh-pages", ""),
        ),
        ("git:origin", Branch("origin", "gh-pages", "")),
    ],
)
def test_an_address_is_read(tmp_path: Path, url: str, kind: Kind) -> None:
    (target,) = targets(tmp_path, "[publish.live]", f'url = "{url}"')
    assert target.kind == kind
    assert target.address == url
    assert target.name == "live"


def test_the_keys_of_a_kind_are_read(tmp_path: Path) -> None:
    ssh, bucket, command = targets(
        tmp_path,
        "[publish.live]",
        'url = "sftp://h/w"\nkey = "~/k"\nknown_hosts = "hosts"\nreleases = true\nkeep = 2',
        'extra = "server"\npublic_url = "https://example.vn/b"\ndefault = true',
        "[publish.store]",
        'url = "s3://b/p"\nendpoint = "https://s3.example.vn"\nregion = "hn"\nprofile = "press"',
        "[publish.own]",
        'command = ["rclone", "sync", "{site}", "x:y", "sync"]',
    )
    assert ssh.kind == Ssh("h", 0, "", "/w", "~/k", "hosts", False, True, 2, 1)
    assert (ssh.extra, ssh.public_url, ssh.default) == ("server", "https://example.vn/b/", True)
    assert bucket.kind == Bucket("b", "p/", "https://s3.example.vn", "hn", "press", 16)
    assert command.kind == Command(("rclone", "sync", "{site}", "x:y", "sync"))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("default = true",), "bulletin.toml:3:1: the target “live” needs a “url” or a “command”"),
        (('url = "sftp://h/w"', 'command = ["a"]'), "one of them"),
        (('url = "gopher://h/w"',), "bulletin.toml:4:1: “url” begins with nothing"),
        (('url = "/var/www"',), "possible: file:, sftp:"),
        (('url = "sftp://h"',), "“url” is not whole — write it like sftp://user@host/var"),
        (('url = "sftp:///w"',), "is not whole"),
        (('url = "ftp://h:0/w"',), "is not whole"),
        (('url = "ftp://h:99999/w"',), "is not whole"),
        (('url = "ftp://[h/w"',), "is not whole"),
        (('url = "file:"',), "is not whole"),
        (('url = "s3:bucket"',), "is not whole"),
        (('url = "git:--upload-pack=x"',), "is not whole"),
        (('url = "sftp://h/w?x"',), "is not whole"),
        (('url = "ftp://h/w#x"',), "is not whole"),
        (('url = "ftp://h/w"', "releases = true"), "5:1: “releases” is not a field here"),
        (('url = "sftp://h/w"', 'kye = "k"'), "did you mean “key”?"),
        (('url = "sftp://h/w"', "keep = 0"), "“keep” takes a whole number from 1 to 1000"),
        (('url = "file:out"', 'public_url = "example.vn"'), "“public_url” is not a web address"),
        (('url = "file:out"', 'public_url = "http://[/"'), "“public_url” is not a web address"),
        (('url = "s3://b"', 'endpoint = "s3.example.vn"'), "“endpoint” is not a web address"),
    ],
)
def test_what_is_wrong_with_a_target_is_said(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    (error,) = errors(tmp_path, *lines)
    assert said in error


@pytest.mark.parametrize(
    "line",
    [
        'url = "sftp://lan:S3cret@h/w"',
        'url = "ftp://lan:S3cret@h/w"',
        'url = "ftp://lan%3AS3cret@h/w"',
        'url = "ftp://lan%3aS3cret@h/w"',
        'url = "ftps://lan:S3/cret@h/w"',
        'url = "ftps://lan:21/S3cret@h/w"',
        'url = "ftps://lan@example.vn:S3cret@h/w"',
        'url = "ftps:/lan:S3cret@h/w"',
        'url = "ftps:lan:S3cret@h/w"',
        'url = "lan:S3cret@h/w"',
        'url = "file://lan:S3cret@h/w"',
        'url = "s3://AKIA:S3cret@b"',
        'url = "git:lan:S3cret@h"',
        'url = "git://lan:S3cret@h/r.git"',
        'url = "git:https://lan:S3cret@github.com/o/r.git"',
        'url = "git:https://ghp_S3cret@github.com/o/r.git"',
        'url = "git:https://glpat-S3cret@gitlab.com/o/r.git"',
        'url = "git:https://S3cret7890abcdef0123456789abcdef01234567@codeberg.org/o/r.git"',
        'url = "git:HTTPS://S3cret=x@codeberg.org/o/r.git"',
        'url = "git:https://gitlab.com/o/r.git?private_token=S3cret"',
        'url = "s3://b"\nendpoint = "https://KEY:S3cret@s3.example.vn"',
        'url = "s3://b"\nendpoint = "https://S3cret@s3.example.vn"',
        'url = "file:out"\npublic_url = "https://lan:S3cret@example.vn/"',
        'url = "file:out"\npublic_url = "https://lan%3AS3cret@example.vn/"',
        'url = "file:out"\npublic_url = "lan:S3cret@example.vn/"',
        'url = "s3://b"\nsecret_access_key = "S3cret"',
        'url = "s3://b"\naws-access-key-id = "S3cret"',
        'url = "sftp://h/w"\npassword = "S3cret"',
        'url = "sftp://h/w"\nPassphrase = "S3cret"',
        'url = "ftp://h/w"\nftp_password = "S3cret"',
        'url = "ftp://h/w"\nftp_pass = "S3cret"',
        'url = "ftp://h/w"\npwd = "S3cret"',
        'url = "ftp://h/w"\napi_key = "S3cret"',
        'url = "ftp://h/w"\nmat_khau = "S3cret"',
        'url = "git:origin"\ngithub_token = ["S3cret"]',
        'url = "ftp://h/w"\n[publish.live.auth]\npassword = "S3cret"',
        'url = "ftp://h/w"\nauth = [{password = "S3cret"}]',
    ],
)
def test_a_secret_is_an_error_and_not_said(tmp_path: Path, line: str) -> None:
    (error,) = errors(tmp_path, line)
    assert "a secret stands in bulletin.toml" in error
    assert "BULLETIN_LIVE_PASSWORD" in error
    assert "S3" not in error
    assert "ghp_" not in error


def test_a_secret_outside_of_the_targets(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        targets(tmp_path, "[publish]", 'password = "S3cret"', "[publish.live]", 'url = "file:a"')
    assert [problem.code for problem in found.value.problems] == ["secret-in-configuration"]
    with pytest.raises(ProblemsFound) as found:
        targets(tmp_path, 'base_url = "https://lan:S3cret@example.vn/"')
    (problem,) = found.value.problems
    assert problem.code == "bad-url"
    assert "S3cret" not in Translator("en").problem(problem)


@pytest.mark.parametrize(
    "url",
    [
        "gopher://h/S3cret",
        "lan/S3cret@h/w",
        "ftps://lan:S3cret",
        "ftps:S3cret",
        "ftps://[S3cret",
        "s3://S3cret@b",
    ],
)
def test_what_cannot_be_read_is_not_said(tmp_path: Path, url: str) -> None:
    (error,) = errors(tmp_path, f'url = "{url}"')
    assert "S3" not in error.replace("s3", "")


@pytest.mark.parametrize(
    "url",
    [
        "git:git@github.com:o/r.git",
        "git:lan@h:r.git",
        "git:ssh://git@h:22/o/r.git",
        "git:https://lan@github.com/o/r.git",
        "git:https://lan.nguyen%40mofa.gov.vn@git.example.vn:8443/o/r.git",
        "git:https://x-access-token@github.com/o/r.git",
        "git:C:/repositories/b@r.git",
        "file:///srv/a:b@c",
        "file:C:/users/lan@example.vn/www",
        "sftp://lan@h:22/w/a%3Ab%40c",
        "ftps://lan%40example.vn@h/w",
    ],
)
def test_an_address_without_a_secret_is_taken(tmp_path: Path, url: str) -> None:
    (target,) = targets(tmp_path, "[publish.live]", f'url = "{url}"')
    assert target.address == url


def test_the_words_of_a_command_are_no_address(tmp_path: Path) -> None:
    (target,) = targets(tmp_path, "[publish.own]", 'command = ["lftp", "-u", "lan,S3cret"]')
    assert target.address == "lftp"


@pytest.mark.parametrize(("first", "second"), [("a-b", "a_b"), ("Live", "live"), ("A-b", "a_B")])
def test_names_differ_in_more_than_case(tmp_path: Path, first: str, second: str) -> None:
    lines = (f'[publish.{first}]\nurl = "file:a"', f'[publish.{second}]\nurl = "file:b"')
    with pytest.raises(ProblemsFound) as found:
        targets(tmp_path, *lines)
    (problem,) = found.value.problems
    assert (problem.code, problem.place.line) == ("bad-target-name", 5)
    assert f"“{first}” and “{second}”" in Translator("en").problem(problem)


def test_there_is_one_default(tmp_path: Path) -> None:
    lines = ('url = "file:a"\ndefault = true', '[publish.other]\nurl = "file:b"\ndefault = true')
    (error,) = errors(tmp_path, *lines)
    assert "the target “live” is the default already" in error


def test_a_name_fits_into_a_command(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        targets(tmp_path, '[publish."máy chủ"]', 'url = "file:a"')
    assert [problem.code for problem in found.value.problems] == ["bad-target-name"]
