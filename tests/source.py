"""The product's own source, read for tests of the house rules."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaign.database import db

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "campaign"
TEMPLATES = ROOT / "templates"
STATIC = PACKAGE / "static"


@dataclass(frozen=True)
class Module:
    """A Python file: where it is, what it says, how it is built."""

    path: str  # from the root of the project
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Each call with what is called as it is written, such as "db.session.commit"."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    files = [*sorted(PACKAGE.rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
    return tuple(read_module(path) for path in files)


def read_module(path: Path) -> Module:
    """Read one module."""
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def templates(*suffixes: str) -> list[Path]:
    """Every template with one of these endings, or with any."""
    files = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return [path for path in files if not suffixes or path.suffix in suffixes]


def name_of(template: Path) -> str:
    """A template as others call it."""
    return template.relative_to(TEMPLATES).as_posix()


@cache
def owners() -> dict[str, str]:
    """The name of every model, with the name of the models file that defines it."""
    mappers = db.Model.registry.mappers
    return {mapper.class_.__name__: mapper.class_.__module__.split(".")[-1] for mapper in mappers}


def columns_of(owner: str) -> frozenset[str]:
    """The names of all columns that a models file defines."""
    mappers = db.Model.registry.mappers
    ours = [mapper for mapper in mappers if owners()[mapper.class_.__name__] == owner]
    return frozenset(column.key for mapper in ours for column in mapper.column_attrs)


def tracked_files() -> list[Path]:
    """Every file that is part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
