"""The destination of a target. What a kind of target needs is loaded only for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from generator.credentials import Credentials
from generator.destination import Destination
from generator.placing import Clock, InPlace, Releases, Undecided
from generator.problems import N_
from generator.publish_targets import Branch, Bucket, Folder, Ftp, Ssh, Target
from generator.remote import Linking, Remote
from generator.remote_errors import TargetError
from generator.retrying import Patience
from generator.sealed import FOLDER
from generator.target_lock import LockRecord


class Means(Struct, frozen=True):
    """What reaching a target takes besides what stands in bulletin.toml."""

    project: Path
    credentials: Credentials
    patience: Patience
    clock: Clock


@asynccontextmanager
async def open_destination(target: Target, means: Means) -> AsyncIterator[Destination]:
    """The destination while the block runs; nothing is asked of it before it is used.

    Raises TargetError where what this kind of target needs is not installed.
    """
    kind = target.kind
    if isinstance(kind, Branch):
        from generator.git_branch import GitBranch

        yield GitBranch(target, kind, means.project, means.credentials, means.patience)
        return
    record = LockRecord(means.project / FOLDER, target.name)
    if isinstance(kind, Folder | Ssh):
        linking, name = _linking(target, kind, means)
        remote: Remote = linking
        site = linking.within(name) if name else linking
        destination: Destination = InPlace(site, record, means.clock)
        if name and kind.releases is not False:
            releases = Releases(linking, name, kind.keep, record, means.clock)
            destination = releases
            if kind.releases is None:
                in_place = InPlace(site, record, means.clock)
                destination = Undecided(releases, in_place, linking, name)
    else:
        remote = _plain(target, means)
        destination = InPlace(remote, record, means.clock)
    try:
        yield destination
    finally:
        await remote.close()


def _linking(target: Target, kind: Folder | Ssh, means: Means) -> tuple[Linking, str]:
    """The remote of the folder around that of the site, and the name of that in it; the site's own
    and `` where nothing is around it, such as the folder a user comes into."""
    if isinstance(kind, Folder):
        from generator.folder_remote import FolderRemote

        folder = (means.project / kind.path).absolute()
        return FolderRemote(folder.parent if folder.name else folder, means.patience), folder.name
    try:
        from generator.rsync_remote import RsyncRemote
        from generator.sftp_remote import SftpRemote
        from generator.ssh_session import SshSession
    except ModuleNotFoundError as error:
        raise _not_installed(target, error) from None
    around, slash, name = kind.path.rpartition("/")
    if name in (".", ".."):
        around, slash, name = kind.path, "", ""
    session = SshSession(target, kind, means.credentials, means.patience, means.project)
    remote = RsyncRemote if kind.rsync else SftpRemote
    return remote(session, around or slash or "."), name


def _plain(target: Target, means: Means) -> Remote:
    kind = target.kind
    if isinstance(kind, Ftp):
        from generator.ftp_remote import FtpRemote

        return FtpRemote(target, kind, means.credentials, means.patience)
    assert isinstance(kind, Bucket)
    try:
        from generator.s3_remote import S3Remote
    except ModuleNotFoundError as error:
        raise _not_installed(target, error) from None
    return S3Remote(target, kind, means.patience)


def _not_installed(target: Target, error: ModuleNotFoundError) -> TargetError:
    return TargetError(
        N_("publishing to {address} needs {package}, which is not installed"),
        N_('install it in the folder of the project: pipx install --force ".[all]"'),
        address=target.address,
        package=error.name or "",
    )
