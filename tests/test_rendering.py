"""Templates as functions: they must write what Jinja writes, whatever a theme's author does."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from msgspec import Struct

from generator import view_parts, views
from generator.codes import TemplateCodes
from generator.i18n import Translator
from generator.packing import packed, unpacked
from generator.problems import Place, ProblemsFound
from generator.render import Renderer
from generator.template_loading import Codes
from generator.themes import load_theme
from generator.urls import Linker
from generator.view_parts import Anchor, CreditView, FeedItem, SiteView
from generator.views import ArticlePage, FeedPage, PageView, TextPage
from tests.golden import build_golden

SITE = SiteView("A <site>", "", "en", "", "", "", "", (Anchor("Topics", "topics/"),), ())


class Item(Struct, frozen=True):
    name: str
    count: int
    lang: str = ""
    parts: tuple[str, ...] = ()


class Shown(Struct, frozen=True):
    """A page with a little of everything."""

    title: str = "<b> & 'c' \"d\""
    url: str = "a/"
    n: int = 2
    day: dt.date = dt.date(2025, 1, 2)
    moment: dt.datetime = dt.datetime(2025, 1, 2, 3, 4, tzinfo=dt.UTC)
    nothing: None = None
    items: tuple[Item, ...] = (
        Item("<a>", 1, "vi", ("x", "y")),
        Item("b", 2, "", ("y",)),
        Item("c", 3, "vi"),
    )
    none: tuple[Item, ...] = ()
    html: str = "<p>safe</p>"
    table: Mapping[str, Any] = msgspec.field(default_factory=lambda: {"key": "<v>", "a": 3})


def renderer(folder: Path, templates: Mapping[str, str], codes: Codes | None = None) -> Renderer:
    for name, text in templates.items():
        path = folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    theme = load_theme(folder, "bulletin", Place("bulletin.toml"))
    return Renderer(folder, theme, SITE, Translator("en"), codes)


def outcome(of: Renderer, page: object = Shown(), only_jinja: bool = False) -> object:
    """What x.html gives: the page, or the problem."""
    link = Linker("../")
    try:
        if only_jinja:
            return of._by_jinja("x.html", {"page": page, **of._links(link)})
        return of.render("x.html", cast(PageView, page), link)
    except ProblemsFound as found:
        problem = found.problems[0]
        return problem.place, problem.code, problem.values


def is_fast(of: Renderer) -> bool:
    return of._template("x.html") is not None


FAST = {
    "escaping": "{{ page.title }}{{ page.html | safe }}{{ page.title | safe | upper }}{{ '<' }}",
    "kinds of values": "{{ page.n }}{{ page.nothing }}{{ 1.5 }}{{ true }}{{ [page.title] }}"
    "{{ page.items }}{{ page.table }}{{ page.day }}{{ (1, 'a')[1] }}{{ -page.n + 7 % 4 // 2 }}",
    "joining": "{{ page.title ~ 1 }}{{ (page.html | safe) ~ page.title }}{{ 'a' ~ page.nothing }}"
    "{{ _('<t>') ~ ': ' }}{{ (_('<t>') ~ '&') | upper }}{{ (1 ~ _('<t>')) ~ page.title }}"
    "{{ _('<t>') ~ page.title }}{{ 'a' ~ '<' ~ 1.5 == page.title }}",
    "conditions": "{% if page.n == 2 and not page.none %}a{% elif page.nothing %}b{% else %}c"
    "{% endif %}"
    "{{ page.title if page.n in (1, 2) else '<' }}{{ 1 < page.n <= 2 }}{% if page.none or 0 %}d"
    "{% elif page.items[1:] %}{{ page.items[-1].name }}{% endif %}",
    "loops": "{% for i in page.items %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ i.name }}"
    "{% for p in i.parts if p != 'x' %}{{ loop.length }}{{ loop.index0 }}{{ p }}{% else %}-"
    "{{ loop.index }}{% endfor %}{% endfor %}{% for i in page.none %}{% else %}none"
    "{% for j in page.items %}{% set c = j.name %}{{ c }}{% endfor %}{% endfor %}",
    "loops of pairs": "{% for a, b in ((1, '<'), (2, page.title)) if a > 1 %}{{ a }}{{ b }}"
    "{% endfor %}{% for k, v in page.table.items() %}{{ k }}{{ v }}{% endfor %}",
    "setting": "{% set a = page.n %}{% set b, c = 1, '<' %}{% if a %}{% set d = 1 %}{% else %}"
    "{% set d = 2 %}{% endif %}{% set e %}<i>{{ b }}</i>{% endset %}{{ a }}{{ c }}{{ d }}{{ e }}"
    "{% for i in page.items %}{% set c = i.name %}{{ c }}{% endfor %}{{ c }}",
    "macros": "{% macro m(a, b=1, c='<') %}{{ a }}{{ b }}{{ c }}{{ page.n }}{% endmacro %}"
    "{% macro n(a) %}[{{ m(a, c=a) }}{{ a }}]{% endmacro %}"
    "{{ m(1) }}{{ m(page.title, c=2) }}{{ n(m('<')) }}{{ n(_('<x>')) }}",
    "a macro that calls itself": "{% macro m(a) %}{{ a }}{% if a %}{{ m(a - 1) }}{% endif %}"
    "{% endmacro %}{{ m(3) }}",
    "messages": "{{ _('Topics') }}{{ _('100%% <b>') }}{{ _('until %(date)s', date=page.title) }}"
    "{{ ngettext('%(num)s meeting', '%(num)s meetings', page.n) }}"
    "{{ ngettext('%(num)s meeting', '%(num)s meetings', 1, num=page.title) }}"
    "{{ ngettext('%(num)s meeting', '%(num)s meetings', 1, num=page.html | safe) }}"
    "{% set m %}{{ _('Topics') }}<b>{% endset %}{{ _('until %(date)s', date=m) }}"
    "{{ _('<b>') | upper }}{% trans n=page.title %}a {{ n }}{% endtrans %}",
    "links": "{{ link('a b/') }}{{ link(page.url) }}#x{{ asset('bulletin.css') }}"
    "{{ absolute('x') }}",
    "filters": "{{ page.day | longdate }}{{ page.moment | longdate }}{{ page.day | isodate }}"
    "{{ page.moment | isodate }}{{ 'held' | label }}{{ '<' | label }}{{ 1234 | number }}"
    "{{ 1234.0 | number }}{{ '<' | language_name }}{{ 1 | monthyear(2025) }}"
    "{{ {'a': none, 'b': page.title, 'é': 1} | jsonld }}{{ page.day | weekday }}",
    "filters of Jinja": "{{ page.items | length }}{{ page.title | upper | replace('B', '<') }}"
    "{{ page.items | map(attribute='count') | sum }}{{ page.items | map(attribute='name') | "
    "join('<') }}{{ page.items | map(attribute='count') | max }}{{ ['<', 'a'] | join('; ') }}"
    "{{ page.items | map(attribute='parts') | map('length') | list }}{{ page.title | forceescape }}"
    "{{ page.html | safe | forceescape }}"
    "{{ page.items | groupby('lang') | length }}"
    "{{ page.items | selectattr('lang') | map(attribute='name') | join }}"
    "{{ page.none | map(attribute='x') | list }}{{ page.items | first == page.items[0] }}",
    "tests": "{{ page.nothing is none }}{{ page.n is not none }}{{ page.n is divisibleby 2 }}"
    "{{ page.n is even }}{{ page.title is string }}",
    "calls": "{{ page.title.split()[0] }}{{ page.moment.time() | clock }}{{ range(3) | list }}"
    "{{ 'a{}'.format('<') }}{{ (page.html | safe).upper() }}",
    "spaces": "  {% if true %}\n a\n  {% endif %}\n\n{# b #}\n {{- page.n -}} \n",
    "nothing": "",
}
SLOW = {
    "what is absent": "{{ page.x is defined }}{{ y is defined }}{{ page.x | default('<') }}",
    "a key as an attribute": "{{ page.table.key }}{{ page.table['key'] }}",
    "a name in an untaken branch": "{% if page.none %}{{ x }}{% endif %}{{ page.n }}",
    "read before set": "{{ page.n }}{% for i in page.items %}{% if i.lang %}{% set z = i.count %}"
    "{% endif %}{{ z is defined }}{% endfor %}",
    "kept from the last round": "{% set z = 0 %}{% for i in page.items %}{% if i.lang %}"
    "{% set z = i.count %}{% endif %}{{ z }}{% endfor %}",
    "set after it is read": "{% set z = 0 %}{% for i in page.items %}{{ z }}{% set z = i.count %}"
    "{% endfor %}{{ z }}",
    "set where a loop finds nothing": "{% set c = 0 %}{% for i in page.none %}{% else %}"
    "{% set c = 1 %}{{ c }}{% endfor %}{{ c }}",
    "set where loops in loops find nothing": "{% for i in page.items %}{% set c = 0 %}"
    "{% for j in page.none %}{% else %}{% set c = 1 %}{% endfor %}{{ c }}{% endfor %}",
    "text set where a loop finds nothing": "{% set c = 0 %}{% for i in page.none %}{% else %}"
    "{% set c %}1{% endset %}{% endfor %}{{ c }}",
    "set in a branch where a loop finds nothing": "{% set c = 0 %}{% for i in page.none %}"
    "{% else %}{% if page.n %}{% set c = 1 %}{% endif %}{{ c }}{% endfor %}{{ c }}",
    "set for blocks where a loop finds nothing": "{% set c = 0 %}{% for i in page.none %}{% else %}"
    "{% set c = 1 %}{% endfor %}{% block b %}{{ c }}{% endblock %}",
    "a block twice": "\n{% block b %}{% endblock %}\n{% block b %}{% endblock %}",
    "a filter nobody asks": "\n{% macro m() %}{{ 1 | nothing }}{% endmacro %}{{ page.n }}",
    "a filter in an untaken branch": "{% if page.none %}{{ 1 | nothing }}{% endif %}{{ page.n }}",
    "a test nobody asks": "\n{% macro m() %}{{ 1 is nothing }}{% endmacro %}{{ page.n }}",
    "parameters of Jinja": "\n{% macro m(caller) %}{{ caller }}{% endmacro %}{{ m(1) }}",
    "more parameters of Jinja": "{% macro m(varargs, kwargs=2) %}{{ varargs }}{{ kwargs }}"
    "{% endmacro %}{{ m(1) }}",
    "a macro printed": "{% macro m() %}1{% endmacro %}{{ (m | string)[:6] }}{{ ('%s' % m)[:6] }}",
    "the name of a macro": "{% macro m() %}1{% endmacro %}{{ m.name }}",
    "what nobody may see": "{% macro m() %}1{% endmacro %}\n{{ m._html }}",
    "the text of a macro": "{% macro m() %}1{% endmacro %}\n{{ m.html }}",
    "messages of its own": "{% macro _(a) %}[{{ a }}]{% endmacro %}{{ _('Topics') }}"
    "{{ _('until %(date)s', date=1) if page.none }}",
    "messages that are set": "{% set gettext = page.title.format %}"
    "{% block b %}{{ gettext('until %(date)s', date=1) }}{% endblock %}",
    "what Python finds odd": "{{ 'a' is none }}{{ 1 is none }}{{ page.n }}",
    "joining HTML": "{{ [page.html | safe, '<'] | join('&') }}",
    "a key of many": "{{ [page.table] | map(attribute='a') | sum }}",
    "namespace": "{% set s = namespace(a=0) %}{% for i in page.items %}{% set s.a = s.a + 1 %}"
    "{% endfor %}{{ s.a }}",
    "recursive": "{% for i in [[1], []] recursive %}{{ loop(i) if i }}{{ loop.depth }}{% endfor %}",
    "more of a loop": "{% for i in page.items %}{{ loop.cycle('a', 'b') }}{{ loop.previtem }}"
    "{% endfor %}",
    "call": "{% macro m(a) %}{{ caller() }}{{ a }}{{ varargs }}{% endmacro %}"
    "{% call m(1, 2) %}<b>{% endcall %}",
    "other statements": "{% with a = 1 %}{{ a }}{% endwith %}{% filter upper %}a{% endfilter %}"
    "{% autoescape false %}{{ page.title }}{% endautoescape %}{% include '_cards.html' %}",
    "shadows": "{% set link = 1 %}{% macro m(page) %}{{ page }}{% endmacro %}{{ link }}"
    "{{ m('<') }}",
    "a macro as a value": "{% macro m(a) %}{{ a }}{{ page.n }}{% endmacro %}{% set k = m %}"
    "{{ k(1) }}",
    "a macro before it is there": "{{ m() }}{% macro m() %}1{% endmacro %}",
    "a scoped block": "{% for i in page.items %}{% block b scoped %}{{ i.name }}{% endblock %}"
    "{% endfor %}",
    "self": "{% block b %}<b>{% endblock %}{{ self.b() }}",
    "no else": "{{ 'a' if page.n }}{{ 'b' if page.none }}",
    "wrong": "\n\n{{ page.items[9].name }}",
    "odd messages": "{{ ngettext('%(num)r', '%(num)r', 2, num='<') }}{{ gettext(page.title) }}",
    "a long chain": "{% if 0 %}" + "{% elif page.n == 99 %}a" * 150 + "{% else %}b{% endif %}",
    "deep": "(" + "{% if page.n %}a" * 60 + "{% endif %}" * 60 + ")",
    "wrong call": "\n{{ link() }}",
    "wrong filter": "\n{{ 1 | nothing }}",
    "wrong message": "\n{{ _('until %(date)s') }}",
    "wrong macro": "{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m() }}",
    "wrong parameter": "{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m(1, b=2) }}",
    "printing what is absent": "\n{{ page.none | first }}",
    "syntax": "\n{% if %}",
}


@pytest.mark.parametrize("name", [*FAST, *SLOW])
def test_a_template_writes_what_jinja_writes(name: str, tmp_path: Path) -> None:
    templates = {"x.html": {**FAST, **SLOW}[name]}
    expected = outcome(renderer(tmp_path, templates), only_jinja=True)
    assert outcome(renderer(tmp_path, templates)) == expected


@pytest.mark.parametrize("name", FAST)
def test_what_templates_do_every_day_needs_no_jinja(name: str, tmp_path: Path) -> None:
    of = renderer(tmp_path, {"x.html": FAST[name]})
    assert isinstance(outcome(of), bytes)
    assert is_fast(of)


def test_python_says_nothing_of_code_it_finds_odd(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    assert outcome(renderer(tmp_path, {"x.html": SLOW["what Python finds odd"]})) == b"FalseFalse2"
    assert not recwarn.list


BASE = (
    "{% from '_m.html' import m %}{% set t = 1 %}<{% block a %}{{ m('a') }}{{ u }}{% block b %}"
    "{{ page.n }}{% endblock %}{% endblock %}{% block c %}c{% endblock %}>"
)
MACROS = "{% macro m(a) %}({{ a }}{{ site.title }}){% endmacro %}{% set k = '<' %}"
FAMILIES = {
    "child": {
        "x.html": "{% extends 'base.html' %}{% from '_m.html' import m, k as l %}{% set u = l %}"
        "lost"
        "{% block b %}{{ super() }}{{ m(u) }}{{ t }}{% endblock %}{% block c %}"
        "{{ self.b() }}{% endblock %}",
    },
    "grandchild": {
        "y.html": "{% extends 'base.html' %}{% set u = 2 %}{% block c %}y{{ super() }}"
        "{% endblock %}",
        "x.html": "{% extends 'y.html' %}{% import '_m.html' as n %}{% block a %}{{ super() }}"
        "{{ n.m(n.k) }}{% endblock %}{% block c %}x{{ super() }}{{ super() | upper }}"
        "{% endblock %}",
    },
    "two macros of one name": {
        "_n.html": "{% macro m(a) %}other{% endmacro %}",
        "x.html": "{% extends 'base.html' %}{% from '_n.html' import m %}{% set u = 2 %}"
        "{% block c %}{{ m(1) }}{% endblock %}",
    },
    "a macro of the parent, too early": {
        "x.html": "{% extends 'base.html' %}{% set u = m(1) %}",
    },
    "a macro of the parent": {
        "x.html": "{% extends 'base.html' %}{% set u = 1 %}{% block c %}{{ m(1) }}{% endblock %}",
    },
    "a macro of the child": {
        "base.html": "{% block a %}{{ k(1) }}{{ m(1) }}{% endblock %}",
        "x.html": "{% extends 'base.html' %}{% macro k(a) %}{{ a }}{{ page.n }}{% endmacro %}"
        "{% macro m(a) %}{{ a }}<b>{% endmacro %}",
    },
    "both set a name": {
        "x.html": "{% extends 'base.html' %}{% set t = 5 %}{% set u = 1 %}"
        "{% block c %}{{ t }}{% endblock %}",
    },
    "with context": {
        "_m.html": "{% macro m(a) %}{{ a }}{{ page.n }}{% endmacro %}",
        "x.html": "{% from '_m.html' import m with context %}{{ m(1) }}",
    },
    "without context": {
        "_m.html": "{% macro m(a) %}{{ a }}{{ page.n }}{% endmacro %}",
        "x.html": "{% from '_m.html' import m %}\n{{ m(1) }}",
    },
    "all of a template, printed": {
        "x.html": "{% import '_m.html' as n %}{{ (n | string)[:3] }}{{ (n ~ '')[:3] }}{{ n }}",
    },
    "an imported macro, printed": {
        "x.html": "{% from '_m.html' import m %}{{ ([m] | string)[:7] }}",
    },
    "a template, called": {
        "_n.html": "{% macro html(a) %}{{ a }}{% endmacro %}",
        "x.html": "{% import '_n.html' as n %}\n{{ n('<') }}",
    },
    "messages of the child": {
        "base.html": "{{ ngettext('%(num)s a', '%(num)s b', page.n) }}{% block a %}{% endblock %}",
        "x.html": "{% extends 'base.html' %}{% macro ngettext(a, b, c) %}<{{ a }}>{% endmacro %}",
    },
    "messages set by the child": {
        "base.html": "{% block a %}{{ _('until %(date)s', date=1) }}{% endblock %}",
        "x.html": "{% extends 'base.html' %}{% from '_m.html' import m as _ %}",
    },
    "messages of what is imported": {
        "_n.html": "{% set _ = dict %}{% macro m(a) %}{{ _(date=a) }}{% endmacro %}",
        "x.html": "{% from '_n.html' import m %}{{ m('<') }}",
    },
    "a block twice in the child": {
        "x.html": "{% extends 'base.html' %}{% set u = 1 %}\n{% block a %}{% endblock %}\n"
        "{% block a %}{% endblock %}",
    },
    "what is not exported": {
        "x.html": "{% from '_n.html' import m %}\n{{ m(1) }}",
        "_n.html": "{% from '_m.html' import m %}",
    },
    "a private macro": {
        "x.html": "{% from '_n.html' import _m %}\n{{ _m(1) }}",
        "_n.html": "{% macro _m(a) %}{{ a }}{% endmacro %}",
    },
    "itself": {"x.html": "{% extends 'x.html' %}"},
    "a computed parent": {
        "x.html": "{% extends 'base' ~ '.html' %}{% set u = 1 %}",
    },
    "an import into a block": {
        "x.html": "{% block a %}{% from '_m.html' import m %}{{ m(1) }}{% endblock %}",
    },
    "text": {
        "_t.txt": "{% macro m(a) %}{{ a }}<{% endmacro %}",
        "x.html": "{% from '_t.txt' import m %}{{ m('<') }}",
    },
    "nowhere": {"x.html": "\n{% from '_nowhere.html' import m %}"},
}


@pytest.mark.parametrize("name", FAMILIES)
def test_templates_together_write_what_jinja_writes(name: str, tmp_path: Path) -> None:
    templates = {"base.html": BASE, "_m.html": MACROS, **FAMILIES[name]}
    expected = outcome(renderer(tmp_path, templates), only_jinja=True)
    assert outcome(renderer(tmp_path, templates)) == expected


def test_an_import_in_a_circle_is_a_problem_either_way(tmp_path: Path) -> None:
    templates = {
        "x.html": "{% from '_n.html' import m %}{{ m(1) }}",
        "_n.html": "{% from '_o.html' import o %}{% macro m(a) %}{{ o() }}{% endmacro %}",
        "_o.html": "{% from '_n.html' import m %}{% macro o() %}{{ m(1) }}{% endmacro %}",
    }
    for only_jinja in (True, False):
        place, code, values = cast(
            Any, outcome(renderer(tmp_path, templates), only_jinja=only_jinja)
        )
        # In which of the two Python gives up depends on how deep its stack was before.
        assert place.path in ("templates/_n.html", "templates/_o.html")
        assert code == "template-error"
        assert "maximum recursion depth exceeded" in str(values)


def test_children_need_no_jinja(tmp_path: Path) -> None:
    of = renderer(tmp_path, {"base.html": BASE, "_m.html": MACROS, **FAMILIES["grandchild"]})
    assert isinstance(outcome(of), bytes)
    assert is_fast(of)


def test_a_page_that_fails_is_left_to_jinja_and_the_next_at_once(tmp_path: Path) -> None:
    of = renderer(tmp_path, {"x.html": "{% if page.none %}{{ page.x }}{% endif %}{{ page.n }}"})
    assert outcome(of) == b"2"
    assert is_fast(of)
    assert outcome(of, Shown(none=(Item("a", 1),))) != b"2"
    assert not is_fast(of)
    assert outcome(of) == b"2"


OVERRIDE = """{% extends "theme/base.html" %}
{% block head %}{{ super() }}<link rel="stylesheet" href="{{ asset('site.css') }}">{% endblock %}
{% block footer %}
<p>{{ site.title }}, 1 Example Street, Hà Nội</p>
{{ super() }}
{% endblock %}
"""


@pytest.mark.parametrize("templates", [{}, {"base.html": OVERRIDE}], ids=["shipped", "overridden"])
def test_every_page_is_made_of_functions(templates: Mapping[str, str], tmp_path: Path) -> None:
    of = renderer(tmp_path, templates)
    names = [name for name in of.theme.templates() if not name.endswith(".txt")]
    of.prepare(names)
    assert [name for name in names if of._template(name) is None] == []


def test_code_is_kept_from_one_build_to_the_next(tmp_path: Path) -> None:
    codes = TemplateCodes(tmp_path, "1")
    renderer(tmp_path, {"x.html": "{{ page.n }}"}, codes).prepare(["x.html", "home.html"])
    codes.save()
    script = f"""
import sys
from pathlib import Path
from generator.codes import TemplateCodes
from tests.test_rendering import Shown, outcome, renderer
before = set(sys.modules)
folder = Path({str(tmp_path)!r})
print(outcome(renderer(folder, {{}}, TemplateCodes(folder, "1"))))
print("jinja2" in sys.modules)
"""
    shown = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert shown.stdout.split() == ["b'2'", "False"]


def test_an_edited_template_has_new_code(tmp_path: Path) -> None:
    for text in ("{{ page.n }}", "{{ page.n + 1 }}"):
        codes = TemplateCodes(tmp_path, "1")
        expected = b"2" if "+" not in text else b"3"
        assert outcome(renderer(tmp_path, {"x.html": text}, codes)) == expected
        codes.save()


@pytest.mark.parametrize("damage", ["cut", "changed", "version", "gone"])
def test_damaged_code_is_never_run(damage: str, tmp_path: Path) -> None:
    codes = TemplateCodes(tmp_path, "1")
    assert outcome(renderer(tmp_path, {"x.html": "{{ page.n }}"}, codes)) == b"2"
    codes.save()
    data = codes.path.read_bytes()
    if damage == "gone":
        codes.path.unlink()
    elif damage == "cut":
        codes.path.write_bytes(data[:-5])
    elif damage == "changed":
        codes.path.write_bytes(data[:-5] + bytes([data[-5] ^ 1]) + data[-4:])
    again = TemplateCodes(tmp_path, "2" if damage == "version" else "1")
    assert again._stored == {}
    assert outcome(renderer(tmp_path, {}, again)) == b"2"


def test_few_templates_do_not_drop_the_code_of_others(tmp_path: Path) -> None:
    for name in ("x.html", "y.html"):
        codes = TemplateCodes(tmp_path, "1")
        renderer(tmp_path, {name: f"{name}{{{{ page.n }}}}"}, codes).prepare([name])
        codes.save()
    assert len(TemplateCodes(tmp_path, "1")._stored) == 2


def test_code_that_is_saved_is_not_saved_again(tmp_path: Path) -> None:
    codes = TemplateCodes(tmp_path, "1")
    codes.put(b"a", b"1")
    codes.save()
    written = codes.path.stat()
    assert codes.get(b"a") == b"1"
    codes.save()
    assert codes.path.stat() == written
    codes.put(b"b", b"2")
    codes.save()
    assert TemplateCodes(tmp_path, "1")._stored == {b"a": b"1", b"b": b"2"}


ZONE = dt.timezone(dt.timedelta(hours=7))
MOMENT = dt.datetime(2025, 1, 2, 3, 4, tzinfo=ZONE)


def test_a_view_comes_back_with_the_zone_of_its_times() -> None:
    item = FeedItem("u", "a/", "A", "", MOMENT, MOMENT, "", "", (), "")
    feed = FeedPage(title="F", url="feed.xml", uid="u", updated=MOMENT, items=(item,))
    back = unpacked(packed(feed))
    assert isinstance(back, FeedPage)
    assert [back.updated.isoformat(), back.items[0].published.isoformat()] == [
        MOMENT.isoformat(),
        MOMENT.isoformat(),
    ]


def test_the_golden_pages_come_back_whole_and_need_no_jinja(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    render = Renderer.render

    def both(self: Renderer, template: str, page: PageView, link: Linker) -> bytes:
        made = render(self, template, page, link)
        sent = packed(page)
        assert render(self, template, unpacked(sent), link) == made
        assert template.endswith(".txt") or self._template(template) is not None
        assert self._by_jinja(template, {"page": page, **self._links(link)}) == made
        return made

    monkeypatch.setattr(Renderer, "render", both)
    build_golden(tmp_path / "site")


def test_a_view_without_times_goes_as_it_was_encoded() -> None:
    view = TextPage(title="A", url="a/", html="", html_lang="", headings=())
    encoded = msgspec.msgpack.encode(view)
    assert packed(view) == ("TextPage", encoded)
    assert unpacked(("TextPage", encoded)) == view


def test_no_other_view_holds_a_time_with_zone() -> None:
    holders = {
        record.__name__
        for module in (views, view_parts)
        for record in vars(module).values()
        if isinstance(record, type) and issubclass(record, Struct)
        for field in record.__annotations__.values()
        if "dt.datetime" in field
    }
    assert holders == {"FeedPage", "FeedItem", "CreditView"}
    assert {ArticlePage.__name__, CreditView.__name__} <= {*vars(views)}
