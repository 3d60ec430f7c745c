"""House rules that no linter can see: who commits, who owns what, how large things are."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.source import ROOT, STATIC, Module, columns_of, modules, owners, read_module, templates

LARGEST_MODULE, LARGEST_FUNCTION, LARGEST_TEMPLATE, LARGEST_STYLE = 300, 40, 120, 900  # lines

MAY_KEEP = {
    "campaign/signups/views/code.py",  # wrong codes, counted against guessing
    "campaign/routing.py",  # when a session was last seen
    "campaign/calendars/views/secret_feeds.py",  # when a secret feed was last read
}

# What ends or begins transactions, beside campaign/database.py.
TRANSACTIONS = re.compile(r"\.(commit|begin|begin_twophase|prepare|connect|raw_connection)$")
MAY_CONTROL_TRANSACTIONS = {
    "campaign/vault/key_store.py": {"engine.connect"},  # VACUUM runs in no transaction
    "campaign/calendars/fetching/connections.py": {"internet.connect"},  # to no database
}

CLOCKS = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime)"
    r"|uuid1|formatdate|(sa\.)?func\.(now|current_\w+|localtime\w*))$"
)

WRITERS = {"update", "insert", "delete", "insert_into"}
# Where rows are written outside of the services and jobs of the capability that owns them.
OWNERSHIP_EXCEPTIONS = {
    ("campaign/routing.py", "AccountSession"),  # when it was last seen, by `keep`
    ("campaign/demonstration.py", "InstallationFact"),  # owned here: no capability has it
    ("campaign/operations/backup.py", "InstallationFact"),  # a backup's facts replace ours
    ("campaign/operations/rows.py", "table"),  # a backup is of all tables
    ("campaign/vault/key_store.py", "wrapped_keys"),  # the key store's own table
}
NO_ROWS = {"self", "g", "view", "guarded"}  # names of what attributes are set on


def violations(found: Iterator[str]) -> list[str]:
    return sorted(found)


def parts(module: Module) -> list[str]:
    return module.path.removesuffix(".py").split("/")


def capability(module: Module) -> str:
    return parts(module)[1] if len(parts(module)) > 2 else ""


def may_write(module: Module) -> bool:
    """Services and jobs, as files or as packages."""
    return len(parts(module)) > 2 and parts(module)[2] in {"services", "jobs"}


def functions(module: Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef))


# --- The commit rule -------------------------------------------------------------------------


def savepoints(module: Module) -> set[str]:
    """The names that hold a savepoint, which ends no transaction."""
    return {
        ast.unparse(node.targets[0])
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith(".begin_nested()")
    }


def test_only_the_database_module_ends_transactions():
    found = violations(
        f"{module.path}:{call.lineno} {name}"
        for module in modules()
        if module.path != "campaign/database.py"
        for name, call in module.calls()
        if TRANSACTIONS.search(name)
        and name.rpartition(".")[0] not in savepoints(module) | {"smtplib", "self"}
        and name not in MAY_CONTROL_TRANSACTIONS.get(module.path, ())
    )

    assert not found


def test_nobody_says_commit_in_sql_or_asks_for_autocommit():
    words = re.compile(r"\s*(COMMIT|BEGIN( \w+)*|END|ROLLBACK|AUTOCOMMIT|VACUUM.*);?\s*")
    found = violations(
        f"{module.path}:{node.lineno} {node.value}"
        for module in modules()
        if module.path not in {"campaign/database.py", "campaign/vault/key_store.py"}
        and not module.path.startswith("campaign/calendars/")  # They are iCalendar's words, too.
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        if isinstance(node.value, str) and words.fullmatch(node.value)
    )

    assert not found


def test_only_listed_modules_keep_what_a_refused_request_wrote():
    using = {
        module.path
        for module in modules()
        for name, _ in module.calls()
        if name in {"keep", "database.keep"}
    }

    assert using == MAY_KEEP


def test_only_the_clock_reads_the_clock():
    found = violations(
        f"{module.path}:{node.lineno} {ast.unparse(node)}"
        for module in modules()
        if module.path != "campaign/clock.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.Name) and CLOCKS.search(ast.unparse(node))
    )

    assert not found


def test_no_column_lets_the_database_read_its_own_clock():
    found = violations(
        f"{module.path}:{number}"
        for module in modules()
        if module.path.startswith("campaign/models/")
        for number, line in enumerate(module.lines, 1)
        if re.search(r"server_default|onupdate|CURRENT_TIMESTAMP", line)
    )

    assert not found


# --- Ownership -------------------------------------------------------------------------------


def written(module: Module) -> Iterator[tuple[int, str]]:
    """Lines where rows are made, changed or deleted, with whose they are: models or words."""
    for name, call in module.calls():
        called = name.rpartition(".")[2]
        if called in owners() and name in {called, f"models.{called}"}:
            yield call.lineno, called
        elif called in WRITERS and (called == "insert_into" or is_statement(name)) and call.args:
            yield from ((call.lineno, subject) for subject in subjects(module, call.args[0]))
        elif name == "db.session.delete":
            yield call.lineno, "a row"


def is_statement(name: str) -> bool:
    return name in WRITERS or name.startswith(("sa.", "sqlalchemy."))


def subjects(module: Module, table: ast.expr) -> list[str]:
    """The models that a statement is about; where a variable says it, all that its function names.

    Without any, the variable itself.
    """
    named = [node.id for node in ast.walk(table) if isinstance(node, ast.Name)]
    models = [name for name in named if name in owners()]
    if models:
        return models
    around = [f for f in functions(module) if f.lineno <= table.lineno <= (f.end_lineno or 0)]
    inner = around[-1] if around else module.tree
    mentioned = {node.id for node in ast.walk(inner) if isinstance(node, ast.Name)}
    return sorted(mentioned & owners().keys()) or named


def owns(module: Module, subject: str) -> bool:
    """Whose rows they are, where only a variable says it, nobody can see."""
    return may_write(module) and owners().get(subject, capability(module)) == capability(module)


def test_only_a_capabilitys_services_and_jobs_write_its_tables():
    found = violations(
        f"{module.path}:{line} {subject}"
        for module in modules()
        if not module.path.startswith("campaign/models/")
        for line, subject in written(module)
        if (module.path, subject) not in OWNERSHIP_EXCEPTIONS and not owns(module, subject)
    )

    assert not found


def test_rows_are_changed_by_the_services_that_own_them():
    every = frozenset().union(*(columns_of(owner) for owner in set(owners().values())))
    found = violations(
        f"{module.path}:{target.lineno} {ast.unparse(target)}"
        for module in modules()
        if "campaign.models" in module.text
        for target in assigned_attributes(module)
        if target.attr in every - (columns_of(capability(module)) if may_write(module) else set())
    )

    assert not found


def assigned_attributes(module: Module) -> Iterator[ast.Attribute]:
    """What is assigned to attributes, of rows as far as one can see."""
    for node in ast.walk(module.tree):
        targets = {ast.Assign: "targets", ast.AugAssign: "target", ast.AnnAssign: "target"}
        field = targets.get(type(node))
        for target in ast.walk(ast.Tuple(flatten(getattr(node, field)))) if field else ():
            is_set = isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store)
            if is_set and ast.unparse(target.value) not in NO_ROWS:
                yield target


def flatten(targets: ast.expr | list[ast.expr]) -> list[ast.expr]:
    return targets if isinstance(targets, list) else [targets]


def test_the_door_to_the_models_is_the_only_one():
    found = violations(
        f"{module.path}:{node.lineno}"
        for module in modules()
        if not module.path.startswith("campaign/models/")
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("campaign.models."))
        or (
            isinstance(node, ast.Import)
            and any(alias.name.startswith("campaign.models") for alias in node.names)
        )
    )

    assert not found


# --- Columns ---------------------------------------------------------------------------------


def columns(module: Module) -> Iterator[tuple[ast.AnnAssign, bool]]:
    """Each column that a module maps, and whether it has a trailing comment."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.AnnAssign) or "relationship(" in ast.unparse(node):
            continue
        if ast.unparse(node.annotation).startswith("Mapped["):
            lines = module.lines[node.lineno - 1 : node.end_lineno]
            yield node, any("  # " in line for line in lines)


def needs_a_comment(column: ast.AnnAssign) -> bool:
    name = ast.unparse(column.target)
    is_nullable = "None" in ast.unparse(column.annotation)
    return is_nullable or name.endswith(("_minutes", "_at", "_on", "_until"))


def test_a_column_says_its_unit_and_what_null_means():
    found = violations(
        f"{module.path}:{column.lineno} {ast.unparse(column.target)}"
        for module in modules()
        if module.path.startswith("campaign/models/")
        for column, has_comment in columns(module)
        if needs_a_comment(column) and not has_comment
    )

    assert not found


# --- Sizes -----------------------------------------------------------------------------------


def test_no_module_is_longer_than_300_lines():
    measured = [*modules(), read_module(ROOT / "migrations" / "env.py")]
    found = violations(
        f"{module.path}: {len(module.lines)}"
        for module in measured
        if len(module.lines) > LARGEST_MODULE
    )

    assert not found


def test_no_function_is_longer_than_40_lines():
    found = violations(
        f"{module.path}:{function.lineno} {function.name}"
        for module in modules()
        for function in functions(module)
        if (function.end_lineno or 0) - function.lineno >= LARGEST_FUNCTION
    )

    assert not found


def test_no_template_is_longer_than_120_lines():
    found = violations(
        str(path.relative_to(ROOT))
        for path in templates()
        if len(path.read_text(encoding="utf-8").splitlines()) > LARGEST_TEMPLATE
    )

    assert not found


def test_all_style_together_fits_into_900_lines():
    lines = sum(len(path.read_text().splitlines()) for path in STATIC.rglob("*.css"))

    assert 0 < lines <= LARGEST_STYLE


# --- Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "data", "info"])
def test_no_module_has_a_name_that_says_nothing(word):
    found = [module.path for module in modules() if word in re.split(r"[/_.]", module.path)]

    assert not found


def test_no_code_is_left_to_be_done():
    found = violations(
        f"{module.path}:{number}"
        for module in modules()
        for number, line in enumerate(module.lines, 1)
        if re.search(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b", line)
    )

    assert not found
