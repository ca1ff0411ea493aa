"""What S3, or what speaks like it, says when it cannot; and boto, when it cannot even ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore import exceptions as boto
from msgspec import Struct

from generator.problems import N_
from generator.remote_errors import DiskFull, Dropped, Refused, TargetError

_ABSENT = frozenset(("404", "NoSuchKey", "NotFound"))
_TAKEN = frozenset(("412", "PreconditionFailed"))
_UNKNOWN_REQUEST = frozenset(("501", "NotImplemented", "405", "MethodNotAllowed"))
_NO_SUCH_BUCKET = frozenset(("NoSuchBucket", "InvalidBucketName", "InvalidBucket"))
_BUSY = frozenset(
    (
        *("SlowDown", "Throttling", "ThrottlingException", "ThrottledException", "InternalError"),
        *("RequestLimitExceeded", "RequestTimeout", "RequestTimeoutException", "TooManyRequests"),
        *("ServiceUnavailable", "ConditionalRequestConflict", "OperationAborted", "Busy"),
        *("408", "429", "500", "502", "503", "504", "IncompleteBody", "BadDigest"),
    )
)
_FULL = frozenset(
    (
        *("QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "StorageFull", "507"),
        *("InsufficientStorage", "InsufficientCapacity", "XMinioAdminBucketQuotaExceeded"),
        *("ServiceQuotaExceededException", "StorageQuotaExceeded", "NoSpace"),
    )
)
_WRONG_KEYS = frozenset(
    ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "401", "Unauthorized")
)
_OLD_KEYS = frozenset(
    ("ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired")
)
_ELSEWHERE = frozenset(
    (
        *(
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
        ),
        *("InvalidRegion", "301", "307", "TemporaryRedirect"),
    )
)
_WRONG_CLOCK = frozenset(("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"))


class Asked(Struct, frozen=True):
    """What was asked for: a file of a target, in a bucket; `` if not for one alone."""

    target: str
    bucket: str
    path: str = ""


def is_absent(error: boto.ClientError) -> bool:
    """There is a bucket, but no such file in it."""
    return code_of(error) in _ABSENT


def is_taken(error: boto.ClientError) -> bool:
    """There is such a file already."""
    return code_of(error) in _TAKEN


def is_unknown_request(error: boto.ClientError) -> bool:
    """The server knows no such question."""
    return code_of(error) in _UNKNOWN_REQUEST or _status_of(error) in (405, 501)


def code_of(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status_of(error: boto.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


@contextmanager
def told_of(asked: Asked) -> Iterator[None]:
    """What boto raises in the block is raised as what it means for what was asked."""
    try:
        yield
    except boto.ClientError as error:
        raise meaning_of(code_of(error), _status_of(error), asked) from None
    except (boto.BotoCoreError, Boto3Error, ValueError) as error:
        raise _own_trouble(error, asked) from None


def meaning_of(code: str, status: int, asked: Asked) -> TargetError:
    """What a server's answer with this code and HTTP status means."""
    if code in _FULL or status == 507:
        return DiskFull(
            N_("there is no room left in the bucket “{bucket}” ({code})"),
            N_("make room, or raise its quota, and publish again"),
            bucket=asked.bucket,
            code=code,
        )
    if code in _BUSY or status in (408, 429) or (status >= 500 and status != 501):
        return Dropped(N_("the server is busy ({code})"), code=code or status)
    everywhere = _wrong_everywhere(code, asked)
    if everywhere is not None:
        return everywhere
    if not asked.path:
        return TargetError(
            N_("the bucket “{bucket}” may not be read with these keys ({code})"),
            _RIGHTS,
            bucket=asked.bucket,
            code=code or status,
        )
    return Refused(
        asked.path,
        N_("{file} is refused ({code})"),
        _RIGHTS,
        file=asked.path,
        code=code or status,
    )


_RIGHTS = N_("the keys need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject")


def _wrong_everywhere(code: str, asked: Asked) -> TargetError | None:
    """What keeps every file from being sent; None for anything else."""
    if code in _NO_SUCH_BUCKET:
        return TargetError(
            N_("there is no bucket “{bucket}”"),
            N_("make it, or correct “url” and “endpoint” in [publish.{target}]"),
            bucket=asked.bucket,
            target=asked.target,
        )
    if code in _WRONG_KEYS:
        return TargetError(
            N_("the server does not know these keys, or they do not fit together ({code})"),
            N_(
                "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or at the profile in"
                " ~/.aws/credentials"
            ),
            code=code,
        )
    if code in _OLD_KEYS:
        return TargetError(
            N_("the keys are no longer valid ({code})"),
            N_("sign in anew, as with: aws sso login"),
            code=code,
        )
    if code in _ELSEWHERE:
        return TargetError(
            N_("the bucket “{bucket}” is in another region ({code})"),
            N_("write its “region” in [publish.{target}]"),
            bucket=asked.bucket,
            target=asked.target,
            code=code,
        )
    if code in _WRONG_CLOCK:
        return TargetError(
            N_("the clock of this computer is wrong, says the server"),
            N_("set it, and publish again"),
        )
    return None


def _own_trouble(error: Exception, asked: Asked) -> TargetError:
    """What an error means that no server has sent. None of their texts is shown: there may be
    anything in them."""
    if isinstance(error, boto.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return TargetError(
            N_("the certificate of the server is not one that this computer trusts"),
            N_("look at “endpoint” in [publish.{target}]"),
            target=asked.target,
        )
    if isinstance(error, boto.ProfileNotFound):
        return TargetError(
            N_("there is no such profile in ~/.aws/credentials or ~/.aws/config"),
            N_("correct “profile” in [publish.{target}], or AWS_PROFILE"),
            target=asked.target,
        )
    if isinstance(error, _NO_KEYS):
        return TargetError(
            N_("there are no keys for the bucket “{bucket}”"),
            N_(
                "give them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a “profile” of"
                " ~/.aws/credentials in [publish.{target}]"
            ),
            bucket=asked.bucket,
            target=asked.target,
        )
    if isinstance(error, _CUT_OFF):
        return Dropped(N_("the server cannot be reached ({reason})"), reason=type(error).__name__)
    return TargetError(
        N_("the bucket “{bucket}” cannot be asked for anything ({reason})"),
        N_("look at “url”, “endpoint” and “region” in [publish.{target}]"),
        bucket=asked.bucket,
        target=asked.target,
        reason=type(error).__name__,
    )


_NO_KEYS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
    boto.NoAuthTokenError,
    boto.SSOTokenLoadError,
    boto.UnauthorizedSSOTokenError,
)
_CUT_OFF = (
    boto.HTTPClientError,
    boto.ConnectionError,
    boto.IncompleteReadError,
    boto.ChecksumError,
    Boto3Error,
)
