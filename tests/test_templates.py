"""House rules of templates, styles, scripts and catalogs: how they are built, what they say."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from campaign.languages import FOLDER, LANGUAGES
from tests.source import PACKAGE, ROOT, STATIC, TEMPLATES, modules, name_of, templates

JINJA = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
GETTEXT = {"_", "gettext", "ngettext", "_n"}
SPOKEN = {"aria-label", "aria-description", "aria-roledescription", "title", "alt", "placeholder"}
SOMETHING = "￼"  # stands for what an expression prints

# The same in every language.
PROPER_NAMES = {"CC BY 4.0", "CC0", "GeoNames", "Natural Earth", "Wikidata", "security.txt"}
MAY_HOLD_STYLE = {"layouts/mail.html"}  # mail programs fetch no stylesheet, and have no policy
MAY_MARK_SAFE = {"campaign/events/json_ld.py"}  # where it is escaped for a script element
STATEMENTS = (
    nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Block, nodes.Extends,
    nodes.FromImport, nodes.Macro, nodes.CallBlock, nodes.Assign, nodes.AssignBlock,
)  # fmt: skip
# Addresses that nothing is fetched from: names of formats, and links that a person may follow.
NAMES_OF_FORMATS = {"www.w3.org"}
MAY_LINK_ELSEWHERE = {"pages/credits.html"}  # licences ask for it

html_templates = pytest.mark.parametrize("template", templates(".html"), ids=name_of)
every_template = pytest.mark.parametrize("template", templates(), ids=name_of)


def text_of(template: Path) -> str:
    return template.read_text(encoding="utf-8")


@cache
def parsed(template: Path) -> nodes.Template:
    return JINJA.parse(text_of(template))


def is_page(template: Path) -> bool:
    """A template that extends a layout and is extended by none."""
    is_extending = parsed(template).find(nodes.Extends) is not None
    return is_extending and not name_of(template).startswith("layouts/")


# --- Words -------------------------------------------------------------------------------------


class Markup(HTMLParser):
    """What a template says outside of its expressions, and which attributes it sets."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []  # tag, name, value
        self._silent = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.attributes += [(tag, name, value or "") for name, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, text: str) -> None:
        if not self._silent and has_letters(text):
            self.words.append(text.strip())


def has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def without_expressions(template: Path) -> str:
    """The template's own text: an expression leaves a mark, a statement or comment nothing."""
    source = re.sub(r"\{% block frame %\}\w+\{% endblock %\}", "", text_of(template))  # a class
    kept = {"data": lambda value: value, "variable_end": lambda _value: SOMETHING}
    return "".join(kept[kind](value) for _, kind, value in JINJA.lex(source) if kind in kept)


@html_templates
def test_a_page_says_nothing_that_is_not_translated(template):
    markup = Markup(without_expressions(template))
    spoken = [value for _, name, value in markup.attributes if name in SPOKEN]

    assert not set(markup.words) - PROPER_NAMES
    assert not [value for value in spoken if has_letters(value)]


@pytest.mark.parametrize("template", templates(".txt"), ids=name_of)
def test_a_mail_says_nothing_that_is_not_translated(template):
    assert not has_letters(without_expressions(template))


@every_template
def test_words_in_expressions_are_translated(template):
    tree = parsed(template)
    translated = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for constant in call.find_all(nodes.Const)
    }
    bare = [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if isinstance(constant.value, str) and id(constant) not in translated
        if re.match(r"[A-Z][a-z]+(\s|$)|.*[a-z][.!?…]$", constant.value)
    ]

    assert not bare


@every_template
def test_translators_get_whole_sentences_with_named_values(template):
    for call in parsed(template).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in GETTEXT):
            continue
        is_plural = "n" in call.node.name.removeprefix("gettext")
        words = call.args[: 2 if is_plural else 1]

        assert all(isinstance(word, nodes.Const) for word in words), call
        assert len(call.args) == (3 if is_plural else 1), call
        for word in words:
            named = set(re.findall(r"%\((\w+)\)s", word.value)) - {"num"}

            assert "%" not in re.sub(r"%\(\w+\)s|%%", "", word.value), word.value
            assert named <= {keyword.key for keyword in call.kwargs}, word.value


# --- How templates are built -------------------------------------------------------------------


@html_templates
def test_a_page_has_a_title(template):
    if not is_page(template):
        return
    titles = [block for block in parsed(template).find_all(nodes.Block) if block.name == "title"]

    assert len(titles) == 1
    assert any(not is_blank(part) for part in titles[0].body)


def is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


@every_template
def test_templates_only_ask_repeat_and_call(template):
    statements = [type(node).__name__ for node in parsed(template).find_all(nodes.Stmt)
                  if not isinstance(node, STATEMENTS)]  # fmt: skip

    assert not statements


@every_template
def test_macros_are_imported_by_name_and_used(template):
    tree = parsed(template)
    imported = Counter(
        name if isinstance(name, str) else name[1]
        for statement in tree.find_all(nodes.FromImport)
        for name in statement.names
    )
    used = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}

    assert not [name for name in imported if name not in used]
    assert not [name for name, times in imported.items() if times > 1]


def test_every_macro_is_used():
    imported = {
        (statement.template.value, name if isinstance(name, str) else name[0])
        for template in templates()
        for statement in parsed(template).find_all(nodes.FromImport)
        for name in statement.names
    }
    unused = [
        f"{name_of(template)}: {macro.name}"
        for template in templates()
        for macro in parsed(template).find_all(nodes.Macro)
        if (name_of(template), macro.name) not in imported
        and not any(name.name == macro.name for name in parsed(template).find_all(nodes.Name))
    ]

    assert not unused


def test_every_template_is_used():
    asked = {
        node.value
        for template in templates()
        for node in parsed(template).find_all(nodes.Const)
        if isinstance(node.value, str)
    }
    python = "\n".join(module.text for module in modules())
    unused = [
        name_of(template)
        for template in templates()
        if name_of(template) not in asked
        and f'"{name_of(template)}"' not in python
        and not is_mail(template)
    ]

    assert not unused


def is_mail(template: Path) -> bool:
    return name_of(template).startswith("emails/") and name_of(template).count("/") == 2


@pytest.mark.parametrize("folder", sorted((TEMPLATES / "emails").glob("*/")), ids=lambda f: f.name)
def test_a_mail_is_a_folder_of_three_templates(folder):
    assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}


@html_templates
def test_nothing_is_inline(template):
    markup = Markup(without_expressions(template))
    inline = [
        (tag, name)
        for tag, name, _value in markup.attributes
        if name == "style" or name.startswith("on")
    ]
    scripts = re.findall(r"<script\b([^>]*)>", text_of(template))
    is_with_style = "<style" in text_of(template)

    assert not inline
    assert all("src=" in script or "application/ld+json" in script for script in scripts)
    assert is_with_style == (name_of(template) in MAY_HOLD_STYLE)


@every_template
def test_no_template_calls_its_words_safe(template):
    filters = {node.name for node in parsed(template).find_all(nodes.Filter)}
    names = {node.name for node in parsed(template).find_all(nodes.Name)}

    assert not filters & {"safe", "forceescape", "tojson"}
    assert "Markup" not in names
    assert not list(parsed(template).find_all(nodes.ScopedEvalContextModifier))


def test_only_listed_modules_call_text_markup():
    marking = {
        module.path
        for module in modules()
        for name, _call in module.calls()
        if name in {"Markup", "markupsafe.Markup", "Markup.format", "HTMLString"}
    }

    assert marking == MAY_MARK_SAFE


# --- Styles, scripts and other hosts -----------------------------------------------------------


def static_files(*suffixes: str) -> list[Path]:
    return sorted(path for path in STATIC.rglob("*") if path.suffix in suffixes)


@pytest.mark.parametrize("path", [*templates(), *static_files(".css", ".js", ".svg")], ids=str)
def test_nothing_comes_from_another_host(path):
    text = path.read_text(encoding="utf-8")
    hosts = set(re.findall(r"""(?:\w+:)?//([\w-]+(?:\.[\w-]+)+)""", text)) - NAMES_OF_FORMATS
    if path.is_relative_to(TEMPLATES) and name_of(path) in MAY_LINK_ELSEWHERE:
        hosts -= set(re.findall(r'<a href="https://([\w.-]+)', text))

    assert not hosts


@pytest.mark.parametrize("sheet", static_files(".css"), ids=lambda path: path.name)
def test_a_style_sheet_stays_in_its_layer(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    outside = re.sub(r"@layer [\w, ]+;", "", text).lstrip()

    assert outside.startswith("@layer ")
    assert "!important" not in text
    assert "@import" not in text
    assert not re.search(r"(^|[\s,{}>+~])#[a-zA-Z][\w-]*[^;{}]*\{", text)  # styles an id


@pytest.mark.parametrize("path", static_files(".css", ".js"), ids=lambda path: path.name)
def test_every_static_file_is_loaded_by_a_page(path):
    text = "\n".join(text_of(template) for template in templates(".html"))
    lists = re.findall(r"for (?:sheet|script) in \(([^)]*)\)", text)
    named = set(re.findall(r'"(\w+)"', " ".join(lists)))
    named |= set(re.findall(r"""asset\(["']\w+/(\w+)\.\w+["']\)""", text))

    assert path.stem in named


@pytest.mark.parametrize("script", static_files(".js"), ids=lambda path: path.name)
def test_scripts_run_under_the_policy(script):
    text = script.read_text()

    assert not re.search(
        r"\beval\b|new Function|innerHTML|outerHTML|document\.write|\.style\b", text
    )
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|fetch\(|XMLHttp", text)


# --- Catalogs ----------------------------------------------------------------------------------

translated_languages = pytest.mark.parametrize(
    "language", [language for language in LANGUAGES.values() if language.tag != "en"],
    ids=lambda language: language.tag,
)  # fmt: skip


@cache
def words_in_code() -> frozenset[str | tuple[str, str]]:
    """All words to translate; a plural as both its forms."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {word: None for word in ("_", "gettext", "lazy_gettext")} | {"ngettext": (1, 2)}
    found = extract_from_dir(
        ROOT, methods, options, keywords, directory_filter=lambda folder: is_ours(Path(folder))
    )
    return frozenset(message for _file, _line, message, _comments, _context in found)


def is_ours(folder: Path) -> bool:
    return folder == ROOT or folder.is_relative_to(PACKAGE) or folder.is_relative_to(TEMPLATES)


@cache
def catalog(locale: str) -> Catalog:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale)


def test_words_are_found_in_code_and_templates():
    assert "This event is full." in words_in_code()
    assert "Skip to the content" in words_in_code()


@translated_languages
def test_a_catalog_holds_exactly_the_words_of_the_code(language):
    held = {message.id if isinstance(message.id, str) else tuple(message.id)
            for message in catalog(language.locale) if message.id}  # fmt: skip

    assert sorted(map(str, words_in_code() - held)) == []
    assert sorted(map(str, held - words_in_code())) == []


@translated_languages
def test_a_catalog_is_whole(language):
    messages = [message for message in catalog(language.locale) if message.id]
    wanting = [message.id for message in messages if not all(forms(message.string))]

    assert not wanting
    assert not [message.id for message in messages if message.fuzzy]


@translated_languages
def test_translations_keep_the_values_of_their_originals(language):
    wrong = [
        (message.id, message.string)
        for message in catalog(language.locale)
        if message.id and any(differs(message.id, form) for form in forms(message.string))
    ]

    assert not wrong


def forms(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def differs(original: str | tuple[str, ...], translation: str) -> bool:
    """Whether values differ; a plural form may leave out the number itself."""
    expected = {value for form in forms(original) for value in values_in(form)}
    optional = {"num"} if not isinstance(original, str) else set()
    given = values_in(translation)
    return not (expected - optional <= given <= expected | optional)


def values_in(words: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", words))


def test_placeholders_are_compared_by_name():
    assert differs("From %(city)s", "%(citta)s")
    assert not differs(("%(num)s person in %(city)s", "%(num)s people in %(city)s"), "%(city)s")


def markers(catalog_path: Path) -> Iterator[str]:
    yield from re.findall(r"^(#~|#, fuzzy|<<<<<<<)", catalog_path.read_text(), re.MULTILINE)


@translated_languages
def test_a_catalog_holds_no_left_over_words(language):
    path = FOLDER / language.locale / "LC_MESSAGES" / "messages.po"

    assert not list(markers(path))
