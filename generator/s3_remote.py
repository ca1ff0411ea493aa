"""A prefix in a bucket of S3, or of what speaks like it, as a remote.

An object appears whole or not at all, so nothing is sent to another place first; and there are no
folders, but for those that names speak of. Keys come from where boto looks for them: the
environment, ~/.aws. They are never shown.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Any, BinaryIO, TypeVar

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from generator.http_headers import cache_control, media_type
from generator.offloading import again_if_lost, in_batches, offload
from generator.publish_targets import Bucket, Target
from generator.remote_errors import Dropped, Refused
from generator.retrying import Patience, in_parallel, persist
from generator.s3_errors import (
    Asked,
    is_absent,
    is_taken,
    is_unknown_request,
    meaning_of,
    told_of,
)
from generator.site_files import LocalFile

T = TypeVar("T")

_SMALL = 1 << 20
_PIECE = 8 << 20
_MOST_PIECES = 9000
_AT_ONCE = 1000
"""How many keys one request may delete."""


class S3Remote:
    """One client, used by a thread for each connection; all that blocks is done in these."""

    def __init__(self, target: Target, bucket: Bucket, patience: Patience) -> None:
        self._target = target
        self._bucket = bucket
        self._patience = patience
        self._threads = ThreadPoolExecutor(bucket.connections, "s3")
        self._making = threading.Lock()
        self._made: Any = None

    async def read(self, path: str) -> bytes | None:
        return await self._do(lambda: self._read(path))

    async def write(self, path: str, data: bytes) -> None:
        await self._do(lambda: self._write(path, data))

    async def create(self, path: str, data: bytes) -> bool:
        make = again_if_lost(lambda: self._create(path, data), lambda: self._read(path) == data)
        return await self._do(make)

    async def discard(self, path: str) -> None:
        await self._do(lambda: self._remove(path))

    async def move(self, path: str, to: str) -> None:
        await self._do(lambda: self._move(path, to))

    async def sizes(self, folders: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        if len(folders) <= 2 * self._bucket.connections:

            async def look_into(folder: str) -> None:
                prefix = f"{folder}/" if folder else ""
                found.update(await self._do(lambda: dict(self._listing(prefix, Delimiter="/"))))

            await in_parallel(
                list(folders), self._bucket.connections, look_into, lambda _folder: None
            )
            return found
        # So many questions would take longer than to hear of everything.
        wanted = frozenset(folders)
        prefix = _common_folder(wanted)
        listed = await self._do(lambda: list(self._listing(prefix)))
        return {path: size for path, size in listed if path.rpartition("/")[0] in wanted}

    async def put_all(
        self, files: Sequence[LocalFile], on_sent: Callable[[LocalFile], None]
    ) -> list[Refused]:
        return await in_batches(
            files, self._put, on_sent, self._patience, self._threads, self._bucket.connections
        )

    async def delete_all(
        self, paths: Sequence[str], on_deleted: Callable[[str], None]
    ) -> list[Refused]:
        refused: list[Refused] = []

        async def delete(batch: Sequence[str]) -> None:
            left = dict.fromkeys(batch)

            async def attempt() -> None:
                trouble: Dropped | None = None
                answer = await offload(self._threads, lambda: self._delete(list(left)))
                for path, error in answer.items():
                    if isinstance(error, Dropped):
                        trouble = error
                        continue
                    del left[path]
                    if error is None:
                        on_deleted(path)
                    else:
                        refused.append(error)
                if trouble is not None:
                    raise trouble

            await persist(self._patience, attempt)

        batches = [paths[at : at + _AT_ONCE] for at in range(0, len(paths), _AT_ONCE)]
        await in_parallel(batches, self._bucket.connections, delete, lambda _batch: None)
        return sorted(refused, key=lambda refusal: refusal.path)

    async def close(self) -> None:
        self._threads.shutdown()
        if self._made is not None:
            with suppress(Exception):
                self._made.close()

    async def _do(self, work: Callable[[], T]) -> T:
        return await persist(self._patience, lambda: offload(self._threads, work))

    def _client(self) -> Any:
        """The client, made when it is first needed."""
        with self._making:
            if self._made is None:
                self._made = self._make_client()
            return self._made

    def _make_client(self) -> Any:
        kind, timeout = self._bucket, self._patience.timeout
        session = boto3.session.Session(
            profile_name=kind.profile or None, region_name=kind.region or None
        )
        config = Config(
            max_pool_connections=kind.connections,
            connect_timeout=min(timeout, 20),
            read_timeout=timeout,
            # Whether it is tried again is for `persist` alone.
            retries={"mode": "standard", "total_max_attempts": 1},
            # Other hosts than Amazon know neither buckets as host names nor its new checksums.
            s3={"addressing_style": "path" if kind.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        client = session.client("s3", endpoint_url=kind.endpoint or None, config=config)
        client.meta.events.register("before-sign.s3.DeleteObjects", _add_digest)
        return client

    def _asking(self, path: str = "") -> AbstractContextManager[None]:
        return told_of(Asked(self._target.name, self._bucket.bucket, path))

    def _at(self, path: str) -> dict[str, str]:
        return {"Bucket": self._bucket.bucket, "Key": self._bucket.prefix + path}

    def _read(self, path: str) -> bytes | None:
        with self._asking(path):
            try:
                body = self._client().get_object(**self._at(path))["Body"]
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
            with body:
                data: bytes = body.read()
            return data

    def _write(self, path: str, data: bytes, **conditions: str) -> None:
        with self._asking(path):
            self._client().put_object(**self._at(path), Body=data, **_headers(path), **conditions)

    def _create(self, path: str, data: bytes) -> bool:
        with self._asking(path):
            if self._read(path) is not None:
                return False  # some hosts do not look at the condition
            try:
                self._client().put_object(
                    **self._at(path), Body=data, **_headers(path), IfNoneMatch="*"
                )
            except ClientError as error:
                if is_taken(error):
                    return False
                if not is_unknown_request(error):
                    raise
                self._write(path, data)
                return self._read(path) == data
            return True

    def _remove(self, path: str) -> None:
        with self._asking(path):
            try:
                self._client().delete_object(**self._at(path))
            except ClientError as error:
                if not is_absent(error):
                    raise

    def _move(self, path: str, to: str) -> None:
        with self._asking(path):
            try:
                self._client().copy_object(
                    **self._at(to),
                    CopySource=self._at(path),
                    MetadataDirective="REPLACE",
                    **_headers(to),
                )
            except ClientError as error:
                if is_absent(error):
                    return
                raise
        self._remove(path)

    def _put(self, file: LocalFile) -> None:
        if file.size <= _SMALL:
            self._write(file.path, file.read())
            return
        pieces = TransferConfig(
            multipart_threshold=_PIECE,
            multipart_chunksize=max(_PIECE, file.size // _MOST_PIECES),
            use_threads=False,
        )
        with self._asking(file.path), file.open() as opened:
            where = self._at(file.path)
            try:
                self._client().upload_fileobj(
                    _Unchanged(file, opened),
                    *where.values(),
                    ExtraArgs=_headers(file.path),
                    Config=pieces,
                )
            finally:
                file.open().close()  # that it changed says more than what boto makes of that

    def _listing(self, prefix: str, **only: str) -> Iterator[tuple[str, int]]:
        """Paths and sizes of all that begins so; with a `Delimiter` only what lies in that folder
        itself."""
        with self._asking():
            pages = self._client().get_paginator("list_objects_v2")
            asked = {"Bucket": self._bucket.bucket, "Prefix": self._bucket.prefix + prefix}
            for page in pages.paginate(**asked, **only):
                for item in page.get("Contents", ()):
                    path = item["Key"].removeprefix(self._bucket.prefix)
                    if path and not path.endswith("/"):
                        yield path, item["Size"]

    def _delete(self, paths: Sequence[str]) -> dict[str, Refused | Dropped | None]:
        """What became of each file: None where it is gone."""
        asked = [{"Key": self._bucket.prefix + path} for path in paths]
        with self._asking():
            try:
                answer = self._client().delete_objects(
                    Bucket=self._bucket.bucket, Delete={"Objects": asked, "Quiet": True}
                )
            except ClientError as error:
                if not is_unknown_request(error):
                    raise
                return self._delete_singly(paths)
        gone: dict[str, Refused | Dropped | None] = dict.fromkeys(paths)
        for failure in answer.get("Errors", ()):
            path = failure.get("Key", "").removeprefix(self._bucket.prefix)
            if path not in gone:
                return self._delete_singly(paths)  # which of ours is meant, cannot be told
            asked_for = Asked(self._target.name, self._bucket.bucket, path)
            meant = meaning_of(failure.get("Code", ""), 0, asked_for)
            if not isinstance(meant, (Refused, Dropped)):
                raise meant
            gone[path] = meant
        return gone

    def _delete_singly(self, paths: Sequence[str]) -> dict[str, Refused | Dropped | None]:
        gone: dict[str, Refused | Dropped | None] = {}
        for path in paths:
            try:
                self._remove(path)
            except (Refused, Dropped) as error:
                gone[path] = error
            else:
                gone[path] = None
        return gone


class _Unchanged:
    """A file that can be read to its end only if it is still what was to be sent: what boto has
    begun of any other, it takes back."""

    def __init__(self, file: LocalFile, opened: BinaryIO) -> None:
        self._file = file
        self._opened = opened
        self.seek = opened.seek
        self.tell = opened.tell
        self.close = opened.close

    def read(self, size: int = -1) -> bytes:
        data = self._opened.read(size)
        if self.tell() >= self._file.size:
            self._file.open().close()
        return data


def _headers(path: str) -> dict[str, str]:
    return {"ContentType": media_type(path), "CacheControl": cache_control(path)}


def _common_folder(folders: Collection[str]) -> str:
    """The innermost folder that all of these are in, or are, with `/`; `` for the root."""
    parts = [folder.split("/") for folder in folders]
    first, last = min(parts), max(parts)
    common = []
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        common.append(one)
    return "".join(f"{name}/" for name in common if name)


def _add_digest(request: Any, **_: Any) -> None:
    """Hosts that do not know the newer checksums want this one, where many keys are deleted."""
    digest = hashlib.md5(request.body, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = base64.b64encode(digest).decode()
