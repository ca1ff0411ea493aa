"""Putting a file in its place on an FTP server, whole or not at all, as the server lets one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

from generator.ftp_errors import Busy, Unknown
from generator.ftp_session import FtpSession
from generator.problems import N_
from generator.remote import TEMPORARY, folders_above
from generator.remote_errors import Dropped, Refused, TargetError
from generator.scanning import digest_of
from generator.site_files import LocalFile

LARGE = 1 << 20
"""Bytes above which a file goes on where it broke off, and is looked at when it is there."""

_PIECE = 1 << 18
_UNLUCKY = 3
"""So often a file could not be moved onto another, before the other is moved away first at once."""


class Way(IntEnum):
    """How a file comes to its place. Where a server does not let it go one way, it may let it go
    the next; only by the last, readers can meet half a file."""

    MOVED = 0
    BESIDE = 1
    DIRECT = 2


class Upload:
    """A file on its way, by a `name` that no other has. What has reached the server stays there
    when a session ends, so that the next can go on; `begun` is where that is."""

    def __init__(self, path: str, source: bytes | LocalFile, name: str) -> None:
        self.path = path
        self.name = name
        self.begun: str | None = None
        self._source = source
        self.size = len(source) if isinstance(source, bytes) else source.size

    def temporary(self, way: Way) -> str:
        if way is Way.MOVED:
            return f"{TEMPORARY}/{self.name}"
        folder, slash, _ = self.path.rpartition("/")
        if way is Way.DIRECT:
            return self.path
        # One name for each file, so that what a run that was ended has left does not stay.
        return f"{folder}{slash}.bulletin-{digest_of(self.path.encode()).hex()[:16]}"

    @contextmanager
    def pieces(self, offset: int) -> Iterator[Iterable[bytes]]:
        """What is in it from a byte on. Raises TargetError where it is no longer what it was."""
        if isinstance(self._source, bytes):
            yield [self._source[offset:]]
        elif self.size <= LARGE:
            yield [self._source.read()[offset:]]
        else:
            with self._source.open() as file:
                file.seek(offset)
                yield iter(lambda: file.read(_PIECE), b"")
            self._source.open().close()  # it may have changed since it was opened


class Placing:
    """What is known of a server: the folders that are there, and the ways it lets files go. Several
    threads use it: each fact is right by itself."""

    def __init__(self) -> None:
        self._folders: set[str] = set()
        self._has_root = False
        self._way = Way.MOVED
        self._way_is_good = False
        self._not_replaced = 0

    def put(self, session: FtpSession, upload: Upload) -> None:
        """Send a file and put it in its place. Raises TargetError; if that is Dropped, the same
        upload may be put again."""
        refusal: Refused | None = None
        session.encoded(upload.path)
        for way in list(Way)[self._way :]:
            try:
                self._send(session, upload, way)
                if way is not Way.DIRECT:
                    self._rename(session, upload.temporary(way), upload.path)
            except Refused as error:
                refusal = error
                self._clean(session, upload)
            except Dropped:
                raise
            except TargetError:
                with suppress(TargetError):
                    self._clean(session, upload)
                raise
            else:
                if not self._way_is_good:  # one that was good once is not given up for one file
                    self._way, self._way_is_good = way, True
                return
        assert refusal is not None
        raise refusal

    def move(self, session: FtpSession, path: str, to: str, name: str) -> None:
        """Give a small file another name, over any that is there; nothing happens where it is not.
        A server on which nothing can be renamed gets it once more, by an upload of that `name`."""
        try:
            self._rename(session, path, to)
        except Refused:
            if self.is_there(session, path):
                self.put(session, Upload(to, session.receive("RETR", path), name))
                self.delete(session, path)

    def delete(self, session: FtpSession, path: str) -> None:
        """Remove a file; nothing happens where there is none."""
        try:
            session.ask("DELE", path)
        except Refused:
            if self.is_there(session, path):
                raise

    def is_there(self, session: FtpSession, path: str) -> bool:
        """Whether there is a file of this name."""
        try:
            session.size(path)
        except Unknown:
            try:
                return bool(session.lines("NLST", path))
            except (Refused, Busy):
                return False
        except Refused:
            return False
        return True

    def make_folders(self, session: FtpSession, path: str) -> None:
        """Make all folders a file is in, the target's own too, as far as they are not there."""
        if not self._has_root:
            session.make_root()
            self._has_root = True
        self.forget(folders_above(path))
        self._make_missing(session, path)

    def forget(self, folders: Iterable[str]) -> None:
        """These folders may be gone."""
        self._folders.difference_update(folders)

    def _make_missing(self, session: FtpSession, path: str) -> None:
        """Make those folders of a file which are not known to be there."""
        missing = [folder for folder in folders_above(path) if folder not in self._folders]
        for folder in reversed(missing):
            session.tries("MKD", folder)

    def _send(self, session: FtpSession, upload: Upload, way: Way) -> None:
        path = upload.temporary(way)
        is_large = upload.size > LARGE
        offset = self._arrived(session, upload) if is_large and upload.begun == path else None
        self._make_missing(session, path)
        try:
            was_good = self._store(session, upload, path, offset or 0)
        except (Refused, Busy) as error:
            # Folders may be gone; or it does not go on with files.
            if isinstance(error, Busy) and not offset:
                raise
            self.make_folders(session, path)
            was_good = self._store(session, upload, path)
        self._folders.update(folders_above(path))
        is_sure = was_good and not is_large
        if not is_sure and self._arrived(session, upload) not in (upload.size, None):
            upload.begun = None
            raise Dropped(N_("{file} did not arrive whole"), file=upload.path)

    def _store(self, session: FtpSession, upload: Upload, path: str, offset: int = 0) -> bool:
        with upload.pieces(offset) as pieces:
            upload.begun = path
            return session.send(path, pieces, offset, about=upload.path)

    def _arrived(self, session: FtpSession, upload: Upload) -> int | None:
        """How much of a file is there; None where that cannot be told."""
        if upload.begun is None:
            return None
        try:
            size = session.size(upload.begun)
        except Refused:
            return None
        return size if size is None or size <= upload.size else 0

    def _rename(self, session: FtpSession, path: str, to: str) -> None:
        """RNTO over another file is refused by some servers; then that is moved out of the way."""
        self._make_missing(session, to)
        if self._not_replaced >= _UNLUCKY:
            with suppress(Refused):  # nothing stands there
                self._replace(session, path, to)
                return
        session.ask("RNFR", path, about=to)
        try:
            session.ask("RNTO", to)
        except Refused:
            if not self.is_there(session, path):
                raise
            self.make_folders(session, to)
            if self.is_there(session, to):
                self._replace(session, path, to)
                self._not_replaced += 1
            else:
                self._rename_once(session, path, to)
        self._folders.update(folders_above(to))

    def _replace(self, session: FtpSession, path: str, to: str) -> None:
        """Give a file the name of another, which is removed only when that has been done."""
        aside = f"{path}.old"
        try:
            self._rename_once(session, to, aside)
        except Refused:
            if not session.tries("DELE", aside):  # left by a run that was ended
                raise
            self._rename_once(session, to, aside)
        try:
            self._rename_once(session, path, to)
        except (Refused, Busy):
            with suppress(Refused):
                self._rename_once(session, aside, to)
            raise
        session.tries("DELE", aside)

    def _rename_once(self, session: FtpSession, path: str, to: str) -> None:
        session.ask("RNFR", path, about=to)
        session.ask("RNTO", to)

    def _clean(self, session: FtpSession, upload: Upload) -> None:
        begun, upload.begun = upload.begun, None
        if begun is not None and begun != upload.path:
            session.tries("DELE", begun)
