"""How a command runs: it keeps all or nothing, and fails with one clear sentence."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from campaign.database import transaction
from campaign.errors import CampaignError

Arguments = ParamSpec("Arguments")


def keeping(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Run a command in one transaction that is committed only if it ends well."""

    @with_appcontext
    @wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        with clear_failure(), transaction():
            function(*args, **kwargs)

    return run


def plain(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Run a command that has no transaction of its own."""

    @with_appcontext
    @wraps(function)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        with clear_failure():
            function(*args, **kwargs)

    return run


@contextmanager
def steps(length: int, label: str) -> Iterator[Callable[[], None]]:
    """Give what to call after each step; a bar shows them where somebody looks on."""
    with click.progressbar(
        length=length,
        label=label,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        update_min_steps=max(1, length // 100),
    ) as bar:
        yield lambda: bar.update(1)


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give what to call with how much is done, of how much; a bar shows it to who looks on."""
    looks_on = sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not looks_on) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


@contextmanager
def clear_failure() -> Iterator[None]:
    """Turn a refusal into one sentence and a non-zero exit."""
    try:
        yield
    except CampaignError as error:
        raise click.ClickException(str(error)) from error
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(_database_sentence(error)) from error
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{place}{error.strerror}.") from error


def _database_sentence(error: DBAPIError) -> str:
    text = str(error.orig)
    if "no such table" in text or "does not exist" in text:
        return "The database is not prepared: run `flask --app wsgi db upgrade` first."
    return "The database cannot be reached."
