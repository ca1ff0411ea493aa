"""Publishing to a bucket."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from generator.http_headers import ALWAYS_ASK, FOR_EVER, NEVER, cache_control, media_type
from generator.problems import Place
from generator.publish_targets import Bucket, Target
from generator.remote import Remote
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError
from generator.retrying import Patience
from generator.s3_errors import Asked, meaning_of
from generator.s3_remote import S3Remote
from generator.site_files import LocalFile
from tests.remote_contract import (
    RemoteContract,
    Remotes,
    contents,
    delete,
    local_file,
    put,
    remotely,
)
from tests.servers.s3 import Said, between, running_s3

SECRET = "wJalrXUtnFEMI-never-shown"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_s3() as address:
        yield address


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[Any]:
    """A client of its own, to look at what is there."""
    made = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="theirs",
        aws_secret_access_key="theirs",
        config=Config(s3={"addressing_style": "path"}),
    )
    yield made
    made.close()


@pytest.fixture
def bucket(client: Any, request: pytest.FixtureRequest) -> str:
    name = f"b{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:30]}"
    client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def on_disk() -> Path | None:
    return None


def remote_of(
    endpoint: str, bucket: str, pauses: tuple[float, ...] = (0, 0), **settings: Any
) -> S3Remote:
    values = {"prefix": "ban tin/đối ngoại/", "region": "", "profile": "", "connections": 8}
    kind = Bucket(bucket=bucket, endpoint=endpoint, **{**values, **settings})
    place = Place("bulletin.toml", 1, 1)
    target = Target("live", place, f"s3://{bucket}", kind, True, "", "")
    return S3Remote(target, kind, Patience(pauses, timeout=20))


@pytest.fixture
def remote(server: str, bucket: str) -> Remotes:
    async def make() -> Remote:
        return remote_of(server, bucket)

    return make


class TestBucket(RemoteContract):
    @remotely
    async def test_what_browsers_are_told(
        self, remote: Remote, tmp_path: Path, client: Any, bucket: str
    ) -> None:
        large = b"0123456789abcdef" * 600_000
        expected = {
            "index.html": ("text/html; charset=utf-8", ALWAYS_ASK),
            "assets/7c703e7ac7/site.js": ("text/javascript; charset=utf-8", FOR_EVER),
            "media/hop-800w-1f2e3d4c.webp": ("image/webp", FOR_EVER),
            "media/large.mp4": ("video/mp4", ALWAYS_ASK),
        }
        await put(
            remote,
            *(
                local_file(tmp_path / "x", path, large if path.endswith("4") else b"x")
                for path in expected
            ),
        )
        await remote.write(".bulletin/manifest.json.gz", b"x")
        await remote.create(".bulletin/lock.json", b"x")
        await remote.move(".bulletin/manifest.json.gz", ".bulletin/before.json.gz")
        expected[".bulletin/lock.json"] = ("application/json", NEVER)
        expected[".bulletin/before.json.gz"] = ("application/gzip", NEVER)
        for path, headers in expected.items():
            found = client.head_object(Bucket=bucket, Key=f"ban tin/đối ngoại/{path}")
            assert (found["ContentType"], found["CacheControl"]) == headers
        assert await remote.read("media/large.mp4") == large

    @remotely
    async def test_what_is_beside_the_prefix_stays(
        self, remote: Remote, client: Any, bucket: str
    ) -> None:
        for key in ("ban tin/đối ngoại 2/a.html", "ban tin/a.html", "a.html", "ban tin/đối ngoại/"):
            client.put_object(Bucket=bucket, Key=key, Body=b"theirs")
        await remote.write("a.html", b"ours")
        assert await remote.sizes(["", *map(str, range(40))]) == {"a.html": 4}
        assert await remote.sizes([""]) == {"a.html": 4}
        await delete(remote, "a.html")
        listed = client.list_objects_v2(Bucket=bucket)["Contents"]
        assert len(listed) == 4

    def test_a_bucket_without_a_prefix(self, server: str, bucket: str) -> None:
        @remotely
        async def test(_self: object, remote: Remote) -> None:
            await remote.write("a.html", b"x")
            await remote.write("b c/d.html", b"x")
            folders = ["b c", *(f"b/{n}" for n in range(40))]
            assert await remote.sizes(folders) == {"b c/d.html": 1}
            assert await remote.sizes(["", *folders]) == {"a.html": 1, "b c/d.html": 1}

        async def make() -> Remote:
            return remote_of(server, bucket, prefix="")

        test(self, make)

    @remotely
    async def test_more_are_deleted_than_one_request_may(
        self, remote: Remote, tmp_path: Path
    ) -> None:
        file = local_file(tmp_path / "x", "1500.html", b"x")
        await put(remote, file)
        paths = [f"{n}.html" for n in range(2100)]
        assert sorted(await delete(remote, *paths)) == sorted(paths)
        assert await remote.sizes([""]) == {}


class Told:
    """Answers of a server as a test wants them: `(method, end of the path) → answers in turn`; what
    was asked for stands in `asked`."""

    def __init__(self, answers: dict[tuple[str, str], list[Said]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, method: str, target: str, _body: str) -> Said | None:
        path = target.partition("?")[0]
        self.asked.append(f"{method} {target}")
        for (verb, end), left in self.answers.items():
            if method == verb and path.endswith(end) and left:
                return left.pop(0)
        return None


@pytest.fixture
def told(server: str, bucket: str) -> Iterator[Callable[..., tuple[Remotes, Told]]]:
    """Makes remotes of the server that say now and then what they are told to."""
    with ExitStack() as stack:

        def make(answers: dict[tuple[str, str], list[Said]]) -> tuple[Remotes, Told]:
            told = Told(answers)
            address = stack.enter_context(between(server, told))

            async def remote() -> Remote:
                return remote_of(address, bucket)

            return remote, told

        yield make


SLOW_DOWN = Said(503, "SlowDown")
CUT_OFF = Said(0, "")
DONE_BUT_CUT_OFF = Said(-1, "")


class TestTrouble:
    @pytest.mark.parametrize(
        "said", [SLOW_DOWN, CUT_OFF, Said(500, "InternalError"), Said(429, "")]
    )
    def test_what_may_work_later_is_tried_again(
        self, told: Any, tmp_path: Path, said: Said
    ) -> None:
        remote, _ = told(
            {
                ("PUT", "/7.html"): [said, said],
                ("GET", ""): [said],
                ("POST", ""): [said],
            }
        )
        paths = [f"a/{n}.html" for n in range(20)]
        files = [local_file(tmp_path / "x", path, b"x") for path in paths]

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            sent = await put(remote, *files)
            assert sorted(file.path for file in sent) == sorted(paths)
            assert await remote.sizes(["a"]) == dict.fromkeys(paths, 1)
            assert sorted(await delete(remote, *paths)) == sorted(paths)

        test(self, remote)

    def test_it_gives_up_at_last(self, told: Any, tmp_path: Path) -> None:
        remote, _ = told({("PUT", "/7.html"): [SLOW_DOWN] * 9})
        files = [local_file(tmp_path / "x", f"{n}.html", b"x") for n in range(20)]

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            sent: list[LocalFile] = []
            with pytest.raises(Dropped):
                await remote.put_all(files, sent.append)
            assert (await remote.sizes([""])).keys() == {file.path for file in sent}

        test(self, remote)

    def test_one_file_may_be_refused(self, told: Any, tmp_path: Path) -> None:
        remote, _ = told({("PUT", "/7.html"): [Said(403, "AccessDenied")]})
        files = [local_file(tmp_path / "x", f"{n}.html", b"x") for n in range(20)]

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            sent: list[LocalFile] = []
            refused = await remote.put_all(files, sent.append)
            assert [refusal.path for refusal in refused] == ["7.html"]
            assert len(sent) == 19

        test(self, remote)

    def test_a_full_bucket(self, told: Any, tmp_path: Path) -> None:
        remote, _ = told({("PUT", "/7.html"): [Said(403, "QuotaExceeded")]})
        files = [local_file(tmp_path / "x", f"{n}.html", b"x") for n in range(20)]

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            with pytest.raises(DiskFull):
                await remote.put_all(files, lambda _file: None)

        test(self, remote)

    def test_a_large_file_of_which_a_part_is_lost(self, told: Any, tmp_path: Path) -> None:
        remote, asked = told({("PUT", "/a.bin"): [CUT_OFF, SLOW_DOWN]})
        data = b"0123456789abcdef" * 1_200_000
        file = local_file(tmp_path / "x", "a.bin", data)

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            assert await put(remote, file) == [file]
            assert await remote.read("a.bin") == data

        test(self, remote)
        assert any("partNumber=3" in line for line in asked.asked)

    def test_some_of_many_are_not_deleted(self, told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        class Errors(Said):
            @property
            def body(self) -> bytes:
                prefix = "ban tin/đối ngoại"
                listed = "".join(
                    f"<Error><Key>{prefix}/{path}</Key><Code>{code}</Code></Error>"
                    for path, code in (("1.html", "AccessDenied"), ("2.html", "SlowDown"))
                )
                return f"<DeleteResult>{listed}</DeleteResult>".encode()

        remote, asked = told({("POST", ""): [Errors(200, "")]})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            gone: list[str] = []
            refused = await remote.delete_all([f"{n}.html" for n in range(4)], gone.append)
            assert [refusal.path for refusal in refused] == ["1.html"]
            assert sorted(gone) == ["0.html", "2.html", "3.html"]

        test(self, remote)
        assert sum(line.startswith("POST") for line in asked.asked) == 2

    def test_a_server_that_names_what_was_not_asked(self, told: Any) -> None:
        class Errors(Said):
            @property
            def body(self) -> bytes:
                named = "<Key>else/1.html</Key><Code>AccessDenied</Code>"
                return f"<DeleteResult><Error>{named}</Error></DeleteResult>".encode()

        refused_one = {("DELETE", "/1.html"): [Said(403, "AccessDenied")]}
        remote, _ = told({("POST", ""): [Errors(200, "")], **refused_one})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            gone: list[str] = []
            refused = await remote.delete_all([f"{n}.html" for n in range(4)], gone.append)
            assert [refusal.path for refusal in refused] == ["1.html"]
            assert sorted(gone) == ["0.html", "2.html", "3.html"]

        test(self, remote)

    @pytest.mark.parametrize("size", [2_000_000, 16 << 20, 19_000_000])
    def test_a_large_file_that_changes_while_it_is_sent(
        self, server: str, bucket: str, client: Any, tmp_path: Path, size: int
    ) -> None:
        file = local_file(tmp_path / "x", "a.bin", b"n" * size)

        def change(_method: str, _target: str, _body: str) -> None:
            with open(file.real_path, "ab") as changing:
                changing.write(b"m")

        async def make() -> Remote:
            return remote_of(address, bucket)

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            sent: list[LocalFile] = []
            with pytest.raises(TargetError, match="changed while") as caught:
                await remote.put_all([file], sent.append)
            assert type(caught.value) is TargetError
            assert sent == []

        with between(server, change) as address:
            test(self, make)
        assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")
        if size > 8 << 20:  # a smaller one is on its way as a whole
            assert not client.list_objects_v2(Bucket=bucket).get("Contents")

    def test_of_a_large_file_that_is_refused_nothing_is_left(
        self, told: Any, client: Any, bucket: str, tmp_path: Path
    ) -> None:
        remote, _ = told({("PUT", "/a.bin"): [Said(403, "AccessDenied")]})
        file = local_file(tmp_path / "x", "a.bin", b"n" * 19_000_000)

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            refused = await remote.put_all([file], lambda _file: None)
            assert [refusal.path for refusal in refused] == ["a.bin"]

        test(self, remote)
        assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")

    def test_a_server_that_deletes_only_one_by_one(self, told: Any) -> None:
        remote, _ = told({("POST", ""): [Said(501, "NotImplemented")]})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            await remote.write("a.html", b"x")
            assert sorted(await delete(remote, "a.html", "b.html")) == ["a.html", "b.html"]
            assert await remote.sizes([""]) == {}

        test(self, remote)

    def test_a_server_that_knows_no_conditions(self, told: Any) -> None:
        remote, _ = told({("PUT", "/lock"): [Said(501, "NotImplemented")]})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            assert await remote.create("lock", b"mine")
            assert not await remote.create("lock", b"yours")
            assert await remote.read("lock") == b"mine"

        test(self, remote)

    def test_a_lock_made_by_an_attempt_that_was_cut_off_is_ours(self, told: Any) -> None:
        remote, _ = told({("PUT", "/lock"): [DONE_BUT_CUT_OFF]})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            assert await remote.create("lock", b"mine")
            assert not await remote.create("lock", b"yours")

        test(self, remote)

    def test_a_move_that_was_cut_off(self, told: Any) -> None:
        remote, _ = told({("DELETE", "/a.txt"): [DONE_BUT_CUT_OFF, CUT_OFF]})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            await remote.write("a.txt", b"x")
            await remote.move("a.txt", "b.txt")
            assert await contents(remote, "a.txt", "b.txt") == [None, b"x"]

        test(self, remote)

    @pytest.mark.parametrize(
        "code",
        [
            *("NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
            *("RequestTimeTooSkewed", "AuthorizationHeaderMalformed"),
        ],
    )
    def test_what_never_works_is_not_tried_again(self, told: Any, code: str) -> None:
        status = 404 if code == "NoSuchBucket" else 403
        remote, asked = told({("GET", ""): [Said(status, code)] * 9})

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            with pytest.raises(TargetError) as caught:
                await remote.read(".bulletin/manifest.json.gz")
            assert type(caught.value) is TargetError
            assert caught.value.hint

        test(self, remote)
        assert len(asked.asked) == 1


class TestSettings:
    def fails(self, remote: S3Remote) -> TargetError:
        caught: list[TargetError] = []

        async def make() -> Remote:
            return remote

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            with pytest.raises(TargetError) as raised:
                await remote.read("a.txt")
            caught.append(raised.value)

        test(self, make)
        error = caught[0]
        for text in (str(error), error.hint.format_map(error.values)):
            assert SECRET not in text
            assert "AKIAEXAMPLE" not in text
        return error

    def test_no_such_bucket(self, server: str) -> None:
        error = self.fails(remote_of(server, "no-such-bucket"))
        assert error.text == "there is no bucket “{bucket}”"

    def test_no_such_profile(self, server: str, bucket: str) -> None:
        assert "profile" in self.fails(remote_of(server, bucket, profile="nobody")).text

    def test_a_profile(self, server: str, bucket: str, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        (tmp_path / "credentials").write_text(
            "[office]\naws_access_key_id = AKIAOFFICE\naws_secret_access_key = x\n"
        )

        @remotely
        async def test(_self: object, remote: Remote) -> None:
            await remote.write("a.txt", b"x")
            assert await remote.read("a.txt") == b"x"

        async def make() -> Remote:
            return remote_of(server, bucket, profile="office", region="ap-southeast-1")

        test(self, make)

    def test_no_keys(self, server: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        error = self.fails(remote_of(server, bucket))
        assert error.text == "there are no keys for the bucket “{bucket}”"

    @pytest.mark.parametrize("endpoint", ["s3.example.org", "https://"])
    def test_an_endpoint_that_is_none(self, bucket: str, endpoint: str) -> None:
        assert "endpoint" in self.fails(remote_of(endpoint, bucket)).hint

    def test_a_name_that_no_bucket_has(self, server: str) -> None:
        self.fails(remote_of(server, "a bucket"))

    def test_nobody_answers(self, bucket: str) -> None:
        error = self.fails(remote_of("http://127.0.0.1:9", bucket))
        assert type(error) is Dropped


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDenied", 403, Refused),
        ("KeyTooLongError", 400, Refused),
        ("SlowDown", 503, Dropped),
        ("", 502, Dropped),
        ("QuotaExceeded", 403, DiskFull),
        ("", 507, DiskFull),
        ("NoSuchBucket", 404, TargetError),
        ("PermanentRedirect", 301, TargetError),
    ],
)
def test_what_codes_mean(code: str, status: int, kind: type[TargetError]) -> None:
    assert type(meaning_of(code, status, Asked("live", "b", "a.html"))) is kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/index.html", "text/html; charset=utf-8"),
        ("feed.xml", "application/xml; charset=utf-8"),
        ("calendar.ics", "text/calendar; charset=utf-8"),
        ("media/A.JPG", "image/jpeg"),
        ("media/a.b.avif", "image/avif"),
        ("site.webmanifest", "application/manifest+json"),
        ("search/wasm.unknown.pagefind", "application/octet-stream"),
        ("search/2025/index/und_c724a9d.pf_index", "application/octet-stream"),
        ("a.html/CNAME", "application/octet-stream"),
        (".htaccess", "application/octet-stream"),
    ],
)
def test_kinds_of_files(path: str, kind: str) -> None:
    assert media_type(path) == kind


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("index.html", ALWAYS_ASK),
        ("assets/7c703e7ac7/site.js", FOR_EVER),
        ("assets/icon.svg", ALWAYS_ASK),
        ("search/pagefind.js", ALWAYS_ASK),
        ("search/2025/pagefind-entry.json", ALWAYS_ASK),
        ("search/wasm.unknown.pagefind", ALWAYS_ASK),
        ("search/2026/pagefind.und_e8225cef0f.pf_meta", FOR_EVER),
        ("search/index/und_8758bd6.pf_index", FOR_EVER),
        ("en/search/2024/fragment/2024-09-30-f19f15a.pf_fragment", FOR_EVER),
        ("en/search/fragment/0-1e7c167.pf_fragment", FOR_EVER),
        ("other/search/fragment/0-1e7c167.pf_fragment", ALWAYS_ASK),
        ("media/2025/hop-800w-1f2e3d4c.webp", FOR_EVER),
        ("media/2025/hop.webp", ALWAYS_ASK),
        ("2025/12/10/hop-800w-1f2e3d4c.webp/index.html", ALWAYS_ASK),
        (".bulletin/lock.json", NEVER),
    ],
)
def test_how_long_a_file_may_be_kept(path: str, kept: str) -> None:
    assert cache_control(path) == kept
