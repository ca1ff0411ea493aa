"""bulletin.toml, typed. Every key is described in docs/configuration.md."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.decoding import decode
from generator.fields import Reader
from generator.i18n import LANGUAGES
from generator.located import Mapping, parse_toml
from generator.model import Reference
from generator.names import slug
from generator.palette import read_colour, written
from generator.problems import N_, Place, Problem, ProblemsFound
from generator.project import DEFAULT_LANGUAGE, FILE_NAME
from generator.publish_targets import Target, is_web_address, read_targets
from generator.secret_marks import names_user
from generator.ties import WEIGHTS, RelatedConfig, Tie


class SiteText(Struct, frozen=True):
    """What the site is called in one language."""

    title: str
    tagline: str


class MarkupConfig(Struct, frozen=True):
    """`raw_html`: HTML in Markdown is sanitised and kept, not shown as text; `link_names`: the
    first mention of an official in a body becomes a link."""

    raw_html: bool = False
    link_names: bool = True


class PictureConfig(Struct, frozen=True):
    """`avif`: pictures are also made as AVIF; `quality`: of what is made of them, of 100."""

    avif: bool = False
    quality: int = 80


class Config(Struct, frozen=True):
    """`base_url` is `` or ends with `/`; `languages` begins with `language`; `texts` has one for
    each language; `color` is the site's as `#rrggbb`, or ``; `emblem` is a file of content/media/,
    as it is written."""

    id: str
    base_url: str
    language: str
    languages: tuple[str, ...]
    timezone: str
    theme: str
    texts: MappingType[str, SiteText]
    markup: MarkupConfig
    related: RelatedConfig
    emblem: Reference | None
    pictures: PictureConfig
    targets: tuple[Target, ...]
    color: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def load_config(project: Path, base_url: str | None = None) -> Config:
    """Read and check `bulletin.toml` in `project`; `base_url` replaces the file's.

    Raises ProblemsFound with all that is wrong in it.
    """
    try:
        text, problem = decode(FILE_NAME, (project / FILE_NAME).read_bytes())
    except FileNotFoundError:
        text, problem = "", _no_file()
    if problem:
        raise ProblemsFound([problem])
    problems: list[Problem] = []
    reader = Reader(parse_toml(text, FILE_NAME), ZoneInfo("UTC"), problems)
    config = _read(reader, base_url)
    reader.finish()
    if problems:
        raise ProblemsFound(problems)
    return config


def _no_file() -> Problem:
    return Problem(
        Place(FILE_NAME),
        "no-configuration",
        N_("there is no bulletin.toml any more"),
        N_("put it back: the project is known by it"),
    )


def _read(reader: Reader, base_url: str | None) -> Config:
    site = reader.nested("site")
    if site is None:
        if reader.problems:
            raise ProblemsFound(reader.problems)
        site = Reader(Mapping({}, {}, Place(FILE_NAME, 1, 1)), reader.zone, reader.problems)
    title = site.required_text("title", N_('write under [site]: title = "…"'))
    language, languages = _languages(site)
    texts = _texts(site, title, language, languages)
    config = Config(
        id=site.text("id") or slug(title) or "bulletin",
        base_url=_base_url(site, base_url),
        language=language,
        languages=languages,
        timezone=_timezone(site),
        theme=site.text("theme") or "bulletin",
        texts=texts,
        markup=_markup(reader),
        related=_related(reader),
        color=_color(site),
        emblem=site.reference("emblem"),
        pictures=_pictures(reader),
        targets=_targets(reader),
    )
    site.finish()
    return config


def _languages(site: Reader) -> tuple[str, tuple[str, ...]]:
    language = site.text("language") or DEFAULT_LANGUAGE
    given = site.references("languages")
    for code, place in [(language, site.place("language")), *((r.text, r.place) for r in given)]:
        if code not in LANGUAGES:
            site.note(
                place,
                "unknown-language",
                N_("a site cannot be in the language “{language}”"),
                N_("possible: {known}"),
                language=code,
                known=", ".join(LANGUAGES),
            )
    others = (reference.text for reference in given if reference.text != language)
    return language, (language, *others)


def _texts(
    site: Reader, title: str, language: str, languages: tuple[str, ...]
) -> dict[str, SiteText]:
    texts = {language: SiteText(title, site.text("tagline"))}
    for code in LANGUAGES:
        fields = site.nested(code)
        if fields is not None:
            given = SiteText(fields.text("title") or title, fields.text("tagline"))
            texts[code] = given
            fields.finish()
    for code in languages:
        texts.setdefault(code, texts[language])
    return texts


def _base_url(site: Reader, override: str | None) -> str:
    given = site.text("base_url")
    address = given if override is None else override
    if not address:
        return ""
    place = site.place("base_url") if override is None else Place("--base-url")
    if names_user(address):
        site.note(
            place,
            "bad-url",
            N_("this web address holds a name or a password, and every reader would see it"),
            N_("take out what stands before the @"),
        )
    elif not is_web_address(address):
        site.note(
            place,
            "bad-url",
            N_("“{value}” is not a web address"),
            N_("it begins with https://"),
            value=address,
        )
    return address.rstrip("/") + "/"


def _color(site: Reader) -> str:
    given = site.text("color")
    if not given:
        return ""
    colour = read_colour(given)
    if colour is None:
        site.note(
            site.place("color"),
            "bad-color",
            N_("“{value}” is not a colour"),
            N_("write it in hexadecimal, for example #a3200f"),
            value=given,
        )
        return ""
    return written(colour)


def _timezone(site: Reader) -> str:
    name = site.text("timezone") or "Asia/Ho_Chi_Minh"
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        site.note(
            site.place("timezone"),
            "unknown-timezone",
            N_("“{name}” is not a time zone"),
            N_("write for example Asia/Ho_Chi_Minh"),
            name=name,
        )
    return name


def _markup(reader: Reader) -> MarkupConfig:
    fields = reader.nested("markup")
    if fields is None:
        return MarkupConfig()
    config = MarkupConfig(fields.boolean("raw_html"), fields.boolean("link_names", True))
    fields.finish()
    return config


def _pictures(reader: Reader) -> PictureConfig:
    fields = reader.nested("pictures")
    default = PictureConfig()
    if fields is None:
        return default
    config = PictureConfig(
        fields.boolean("avif"), fields.integer("quality", default.quality, 1, 100)
    )
    fields.finish()
    return config


def _related(reader: Reader) -> RelatedConfig:
    fields = reader.nested("related")
    default = RelatedConfig()
    if fields is None:
        return default
    config = RelatedConfig(
        limit=fields.integer("limit", default.limit, 0, 20),
        threshold=fields.number("threshold", default.threshold, 1000),
        half_life=fields.integer("half_life", default.half_life, 1, 36_500),
        weights=_weights(fields),
    )
    fields.finish()
    return config


def _weights(related: Reader) -> MappingType[Tie, float]:
    fields = related.nested("weights")
    if fields is None:
        return {**WEIGHTS}
    weights = {tie: fields.number(tie.value, weight, 1000) for tie, weight in WEIGHTS.items()}
    fields.finish()
    return weights


def _targets(reader: Reader) -> tuple[Target, ...]:
    publish = reader.nested("publish")
    return read_targets(publish) if publish is not None else ()
