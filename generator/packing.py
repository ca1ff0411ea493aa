"""Views on their way to another process."""

from __future__ import annotations

from functools import cache

import msgspec

from generator import views
from generator.views import ArticlePage, FeedPage, PageView

Packed = tuple[str, bytes]
"""The name of a view's class, and the view in msgpack; after a name that ends with `+json` in
JSON."""

_JSON = "+json"


def packed(view: PageView) -> Packed:
    """A view to send. msgpack does not keep the zone of a time: views with one go as JSON."""
    name = type(view).__name__
    if _holds_time(view):
        return name + _JSON, msgspec.json.encode(view)
    return name, msgspec.msgpack.encode(view)


def fields_of(sent: Packed) -> list[msgspec.Raw]:
    """The fields of a view that was packed, each by itself."""
    name, data = sent
    decode = msgspec.json.decode if name.endswith(_JSON) else msgspec.msgpack.decode
    return decode(data, type=list[msgspec.Raw])


def names_of(sent: Packed) -> tuple[str, ...]:
    """What these fields are called."""
    kind: type[PageView] = getattr(views, sent[0].removesuffix(_JSON))
    return kind.__struct_fields__


def unpacked(sent: Packed) -> PageView:
    """The view again, equal in all that a template can see."""
    name, data = sent
    return _decoder(name).decode(data)


def _holds_time(view: PageView) -> bool:
    if isinstance(view, ArticlePage):
        return view.source is not None and view.source.published is not None
    return isinstance(view, FeedPage)


@cache
def _decoder(name: str) -> msgspec.msgpack.Decoder[PageView] | msgspec.json.Decoder[PageView]:
    kind: type[PageView] = getattr(views, name.removesuffix(_JSON))
    if name.endswith(_JSON):
        return msgspec.json.Decoder(kind)
    return msgspec.msgpack.Decoder(kind)
