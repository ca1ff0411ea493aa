"""The documents say what the code does: every code, field, key, option and record is in them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment, nodes
from msgspec import Struct

from generator import view_parts, views
from generator.cli import main
from generator.config import load_config
from generator.content import gather
from generator.i18n import Translator
from generator.markup import MarkupOptions
from generator.parsing import ParseOptions, parse
from generator.problems import Place
from generator.publish_targets import Kind
from generator.read import find_content
from generator.render import Renderer
from generator.standing import take_stock
from generator.template_filters import make_filters
from generator.theme_settings import ThemeSettings, read_settings
from generator.themes import load_theme
from generator.ties import WEIGHTS
from generator.urls import SUBJECT_SHELVES, Linker
from generator.view_parts import SiteView
from tests.test_architecture import ROWS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "generator"
DOCS = ROOT / "docs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(
    r"`((?:content/)?[^`\n]+\.(?:md|toml))`:?\n\n```(?:markdown|toml)\n(.*?)```", re.S
)

# What each function of `schema` reads, under these headings of docs/content.md.
SECTIONS = {
    "read_article": ("Articles",),
    "_documents": ("Articles",),
    "_attendances": ("Articles",),
    "_attendance": ("People at a meeting",),
    "_parts": ("People at a meeting",),
    "_credit": ("Articles", "Sources"),
    "_image": ("Articles", "Officials", "Pictures in the front matter"),
    "_changes": ("Articles", "Translations", "Changes"),
    "_memberships": ("Officials", "Memberships"),
    "_details": ("Officials", "Organisations", "Topics, series and places", "Free pages"),
    "read_entry": ("Officials", "Organisations", "Topics, series and places", "Free pages"),
    "read_translation": ("Translations", "Pictures in the front matter"),
}
READS = frozenset(
    (
        "boolean",
        "choice",
        "date",
        "dates",
        "instant",
        "integer",
        "items",
        "moment",
        "nested",
        "number",
        "reference",
        "references",
        "required_text",
        "text",
        "texts",
    )
)


def document(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """What stands between a heading and the next one, whatever its level."""
    found = re.search(rf"^#+ {re.escape(title)} *\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading “{title}”"
    return found[1]


def first_cells(text: str) -> list[str]:
    """What stands in backquotes in the first cell of each row of the tables of a text."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("| `"):
            found += re.findall(r"`([^`]+)`", line.split(" | ")[0])
    return found


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))


def calls(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """The name and the arguments in order of every call."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Attribute):
                yield inner.func.attr, inner.args
            elif isinstance(inner.func, ast.Name):
                yield inner.func.id, inner.args


def code_in(argument: ast.expr) -> set[str]:
    """The codes an argument of a Problem stands for, if it is one."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value} if CODE.fullmatch(argument.value) else set()
    if isinstance(argument, ast.JoinedStr) and ast.unparse(argument) == "f'unknown-{shelf}'":
        # A document nobody cites cannot be referred to.
        return {f"unknown-{shelf}" for shelf in SUBJECT_SHELVES if shelf != "documents"}
    return set()


def problem_codes() -> set[str]:
    """Every code given to a Problem or a note of one, in the whole package."""
    found: set[str] = set()
    for path in PACKAGE.glob("*.py"):
        for name, arguments in calls(tree(path.stem)):
            if name in ("Problem", "note", "refuse", "_refuse"):
                # The place comes first; where a note takes more before the code, no name is one.
                for argument in arguments[1:4]:
                    found |= code_in(argument)
    return found


def read_fields(node: ast.AST) -> set[str]:
    return {
        arguments[0].value
        for name, arguments in calls(node)
        if name in READS
        and arguments
        and isinstance(arguments[0], ast.Constant)
        and isinstance(arguments[0].value, str)
    }


def test_every_problem_code_is_listed_and_no_other() -> None:
    listed = first_cells(section(document("commands.md"), "Problem codes"))
    assert listed == sorted(listed)
    assert set(listed) == problem_codes()


def test_the_scan_sees_every_problem() -> None:
    unseen = [
        f"{path.name}:{inner.lineno}"
        for path in PACKAGE.glob("*.py")
        for inner in ast.walk(tree(path.stem))
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id == "Problem"
        and not (isinstance(inner.args[1], ast.Name) and inner.args[1].id == "code")
        and not code_in(inner.args[1])
    ]
    assert unseen == []


@pytest.mark.parametrize("function", [n for n in tree("schema").body if hasattr(n, "name")])
def test_every_field_is_described(function: ast.FunctionDef) -> None:
    fields = read_fields(function)
    titles = SECTIONS.get(function.name, ())
    text = "".join(section(document("content.md"), title) for title in titles)
    assert fields <= set(first_cells(text)), f"described under {titles}"


def test_no_field_is_described_that_does_not_exist() -> None:
    known = read_fields(tree("schema")) | {"vi", "en"}
    titles = {title for titles in SECTIONS.values() for title in titles}
    text = "".join(section(document("content.md"), title) for title in titles)
    assert set(first_cells(text)) - known == set()


def test_every_weight_and_its_default_are_described() -> None:
    for name in ("configuration.md", "related.md"):
        text = document(name)
        for tie, weight in WEIGHTS.items():
            row = rf"^\| (?:.* )?`?{tie}`? \|(?: .* \|)? ?`?{weight:g}`? \|"
            assert re.search(row, text, re.MULTILINE), f"{tie} in {name}"


def test_every_key_of_the_configuration_is_described_and_no_other() -> None:
    text = document("configuration.md")
    keys = set(first_cells(text))
    tables = set(re.findall(r"`\[([a-z]+)[^\]]*\]`", text))
    read = read_fields(tree("config")) | read_fields(tree("publish_targets"))
    assert keys | tables == read


@pytest.mark.parametrize("command", ["build", "check", "explain", "new", "publish", "serve"])
def test_every_option_is_described_and_no_other(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    options = set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
    cells = first_cells(section(document("commands.md"), f"`bulletin {command}`"))
    assert {cell.split()[0] for cell in cells if cell.startswith("--")} == options


def test_every_command_has_a_heading(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert commands
    for command in commands:
        section(document("commands.md"), f"`bulletin {command}`")


RECORDS = [
    record
    for module in (views, view_parts)
    for record in vars(module).values()
    if inspect.isclass(record)
    and issubclass(record, Struct)
    and record.__module__ == module.__name__
    and record is not view_parts.View
]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_of_a_view_is_described_and_no_other(record: type[Struct]) -> None:
    fields = set(record.__struct_fields__)
    if record is not views.PageView and issubclass(record, views.PageView):
        fields -= set(views.PageView.__struct_fields__)
    assert set(first_cells(section(document("themes.md"), record.__name__))) == fields


def test_every_template_of_the_plan_is_listed() -> None:
    named = {
        inner.value
        for inner in ast.walk(tree("plan"))
        if isinstance(inner, ast.Constant)
        and isinstance(inner.value, str)
        and re.fullmatch(r"[\w-]+\.(?:html|xml|txt)", inner.value)
    }
    listed = first_cells(section(document("themes.md"), "Templates and their records"))
    assert named - {"index.html"} == set(listed)
    assert all(f"`{name}`" in document("site.md") for name in listed)


def column(text: str, head: str) -> set[str]:
    """The names in the first cells of the table with this head, without the signs of a call."""
    rows = text.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    return {name.split("(")[0] for name in first_cells(rows)}


def test_every_filter_is_described_and_no_other() -> None:
    described = column(section(document("themes.md"), "What templates see"), "Filter")
    assert described == make_filters(Translator("en")).keys()


def test_every_name_templates_see_is_described_and_no_other() -> None:
    site = SiteView("", "", "en", "", "", "", "", (), ())
    theme = load_theme(ROOT, "bulletin", Place("bulletin.toml"))
    renderer = Renderer(ROOT, theme, site, Translator("en"))
    messages = {"_", "gettext", "ngettext"}
    described = column(section(document("themes.md"), "What templates see"), "Name")
    assert described == {*renderer.names, *renderer._links(Linker("")), "page", *messages}
    known = set(renderer.environment.globals)
    assert messages | renderer.names.keys() <= known


def blocks(path: Path) -> set[str]:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text("utf-8"))
    return {block.name for block in tree.find_all(nodes.Block)}


def test_every_block_is_described_and_no_other() -> None:
    theme = ROOT / "themes" / "bulletin"
    base = blocks(theme / "base.html")
    text = section(document("themes.md"), "Changing a part").split("| Blocks |")[1]
    described: dict[str, set[str]] = {}
    for line in text.split("\n\n")[0].splitlines():
        if line.startswith("| `"):
            names, found = line.strip("| ").split(" | ")
            for name in re.findall(r"`([^`]+)`", names):
                described[name] = set(re.findall(r"`([^`]+)`", found))
    own = {path.name: blocks(path) - base for path in theme.glob("*.html")} | {"base.html": base}
    assert {name: found for name, found in own.items() if found} == {
        name: found & own[name] if name == "official.html" else found
        for name, found in described.items()
    }


def test_the_blocks_a_theme_has_to_keep_are_those_that_others_fill() -> None:
    theme = ROOT / "themes" / "bulletin"
    base = blocks(theme / "base.html")
    others = [blocks(path) for path in theme.glob("*.html") if path.name != "base.html"]
    said = section(document("themes.md"), "A theme of your own").split("- **The blocks**")[1]
    named = set(re.findall(r"`(\w+)`", said.split("\n- **")[0]))
    assert named == base & set().union(*others)


def test_every_key_of_theme_toml_is_described_and_no_other() -> None:
    asked = ("boolean", "node", "text")
    found = {
        arguments[0].value
        for name, arguments in calls(tree("theme_settings"))
        if name in asked and arguments and isinstance(arguments[0], ast.Constant)
    }
    described = first_cells(section(document("themes.md"), "theme.toml"))
    assert {name for name in described if not name.startswith("[")} == found
    example = re.search(r"```toml\n(.*?)```", section(document("themes.md"), "theme.toml"), re.S)
    assert example
    for text in (
        example[1],
        *(path.read_text("utf-8") for path in ROOT.glob("themes/*/theme.toml")),
    ):
        read_settings(text.encode(), "theme.toml", ThemeSettings())


def test_the_files_of_the_example_are_described_and_no_other() -> None:
    theme = ROOT / "themes" / "plain"
    files = {path.relative_to(theme).as_posix() for path in theme.rglob("*") if path.is_file()}
    assert column(section(document("themes.md"), "A theme of your own"), "File") == files
    assert len([name for name in files if name.endswith(".html")]) < 10
    assert not [name for name in files if name.endswith(".js")]


def test_the_table_of_rows_is_that_of_the_code() -> None:
    table = section(document("architecture.md"), "Rows and modules").split("\n\n")[1]
    rows = [tuple(re.findall(r"`(\w+)`", line)) for line in table.splitlines()[2:]]
    assert rows == list(ROWS)


def examples(path: Path) -> dict[str, str]:
    return dict(EXAMPLE.findall(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "README.vi.md", DOCS / "content.md"], ids=lambda p: p.name
)
def test_examples_are_files_that_can_be_read(path: Path, tmp_path: Path) -> None:
    found = {name: text for name, text in examples(path).items() if name.startswith("content/")}
    assert found
    for name, text in found.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    shelves = find_content(tmp_path, take_stock(tmp_path).below("content/"))
    options = ParseOptions("Asia/Ho_Chi_Minh", MarkupOptions())
    parsed = [parse(s, Path(f.real_path).read_bytes(), options)[0] for s, f in shelves.sources]
    assert (*shelves.problems, *gather(parsed).problems) == ()
    assert len(shelves.sources) == len(found)


def test_every_example_of_a_target_can_be_read(tmp_path: Path) -> None:
    text = document("publishing.md")
    tables = re.findall(r"^ *```toml\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    kinds = set()
    for table in tables:
        lines = "\n".join(line.strip() for line in table.splitlines())
        (tmp_path / "bulletin.toml").write_text(f'[site]\ntitle = "x"\n{lines}\n', "utf-8")
        kinds |= {type(target.kind) for target in load_config(tmp_path).targets}
    assert kinds == {*get_args(Kind)}


def test_the_example_of_a_configuration_can_be_read(tmp_path: Path) -> None:
    text = examples(DOCS / "configuration.md")["bulletin.toml"]
    (tmp_path / "bulletin.toml").write_text(text, "utf-8")
    assert load_config(tmp_path).base_url == "https://example.gov.vn/bulletin/"


def anchors(text: str) -> set[str]:
    """The anchors GitHub gives the headings of a document."""
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for _, title in HEADING.findall(FENCE.sub("", text))
    }


def links(text: str) -> list[str]:
    """Where the links and pictures of a document lead, those in code left out."""
    plain = re.sub(r"`[^`\n]+`", "", FENCE.sub("", text))
    return re.findall(r"\]\(([^)\s]+)\)", plain)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for link in links(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"{link} has no such heading"
