"""Settings: where they come from, what is refused, and how secrets are kept."""

import ast
import base64
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config
from campaign import settings
from campaign.settings import SettingsError, load, master_keys
from tests.source import ROOT

NAMES = [name for name in dir(config) if name.isupper()]
MASTER_KEY = "first:" + base64.b64encode(bytes(range(32))).decode()
SAFE = {
    "MODE": "production",
    "BASE_URL": "https://campaign.example",
    "TRUSTED_HOSTS": "campaign.example",
    "SMTP_URL": "smtp://user:word@mail.example:587",
    "MAIL_FROM": "campaign@campaign.example",
    "SECRET_KEY": "correct horse battery staple, and more",
    "MASTER_KEYS": MASTER_KEY,
    "DATABASE_URL": "postgresql://app@db.example/campaign",
    "KEYSTORE_URL": "postgresql://app@db.example/keys",
}

UNSAFE = {
    "CAMPAIGN_BASE_URL must start with https://.": {"BASE_URL": "http://campaign.example"},
    "CAMPAIGN_SMTP_URL is missing.": {"SMTP_URL": ""},
    "CAMPAIGN_SECRET_KEY must be random and have at least 32 characters.": {"SECRET_KEY": ""},
    "CAMPAIGN_MASTER_KEYS is missing.": {"MASTER_KEYS": ""},
    "CAMPAIGN_TRUSTED_HOSTS is missing.": {"TRUSTED_HOSTS": " , "},
    "CAMPAIGN_TRUSTED_HOSTS lacks the host of CAMPAIGN_BASE_URL.": {"TRUSTED_HOSTS": "b.example"},
    "CAMPAIGN_FLOOD_CONTROL must stay on.": {"FLOOD_CONTROL": "off"},
    "CAMPAIGN_NOW belongs to demo mode.": {"NOW": "2005-04-01T09:00:00Z"},
}
ONE_ADDRESS = "sqlite:////srv/all.sqlite"
MALFORMED = [
    ("BASE_URL", "campaign.example", "CAMPAIGN_BASE_URL is an address without a path"),
    ("BASE_URL", "https://", "CAMPAIGN_BASE_URL is an address without a path"),
    ("BASE_URL", "https://campaign.example/app", "CAMPAIGN_BASE_URL is an address without a path"),
    ("BASE_URL", "https://campaign.example:port", "CAMPAIGN_BASE_URL is an address without a path"),
    ("BASE_URL", "https://me@campaign.example", "CAMPAIGN_BASE_URL is an address without a path"),
    ("SMTP_URL", "mail.example:25", "CAMPAIGN_SMTP_URL starts with smtp:// or smtps://"),
    ("SMTP_URL", "http://mail.example", "CAMPAIGN_SMTP_URL starts with smtp:// or smtps://"),
    ("MAIL_FROM", "The campaign", "CAMPAIGN_MAIL_FROM is a mail address."),
    ("REPLY_MAILBOX", "reply", "CAMPAIGN_REPLY_MAILBOX is a mail address with at most 11"),
    ("REPLY_MAILBOX", "@example.org", "CAMPAIGN_REPLY_MAILBOX is a mail address with at most 11"),
    ("REPLY_MAILBOX", "reply@", "CAMPAIGN_REPLY_MAILBOX is a mail address with at most 11"),
    ("REPLY_MAILBOX", "Us <reply@example.org>", "CAMPAIGN_REPLY_MAILBOX is a mail address with"),
    ("REPLY_MAILBOX", "twelve-chars@example.org", "CAMPAIGN_REPLY_MAILBOX is a mail address with"),
    ("REPLY_MAILBOX", "reply+x@example.org", "CAMPAIGN_REPLY_MAILBOX is a mail address with at"),
    ("DATABASE_URL", "mysql://db.example/x", "CAMPAIGN_DATABASE_URL is a sqlite:/// or a"),
    ("DATABASE_URL", "campaign.sqlite", "CAMPAIGN_DATABASE_URL is a sqlite:/// or a"),
    ("KEYSTORE_URL", "keys", "CAMPAIGN_KEYSTORE_URL is a sqlite:/// or a"),
    ("MASTER_KEYS", "first:not base64!", "A key of CAMPAIGN_MASTER_KEYS is not base64."),
    ("MASTER_KEYS", "first:c2hvcnQ=", "Each of CAMPAIGN_MASTER_KEYS is name:base64 of 32 bytes."),
    ("MASTER_KEYS", MASTER_KEY.removeprefix("first"), "Each of CAMPAIGN_MASTER_KEYS is name:"),
    ("MASTER_KEYS", f"{MASTER_KEY},{MASTER_KEY}", "Two of CAMPAIGN_MASTER_KEYS have the same"),
    ("NOW", "the first of April", "CAMPAIGN_NOW is a time with its offset"),
    ("NOW", "2005-04-01T09:00:00", "CAMPAIGN_NOW is a time with its offset"),
    ("NOW", "2005-04-31T09:00:00Z", "CAMPAIGN_NOW is a time with its offset"),
]  # fmt: skip


@pytest.fixture
def given(monkeypatch):
    """Set variables of the environment."""
    return lambda **values: [monkeypatch.setenv(f"CAMPAIGN_{name}", str(value))
                             for name, value in values.items()]  # fmt: skip


def refusal(values: dict[str, object]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(values)
    return str(refused.value)


# --- What is refused -------------------------------------------------------------------------


def test_a_safe_production_starts():
    loaded = load(SAFE)

    assert loaded["BASE_URL"] == "https://campaign.example"
    assert loaded["DATABASE_URL"] == "postgresql+psycopg://app@db.example/campaign"


@pytest.mark.parametrize(("sentence", "unsafe"), UNSAFE.items(), ids=[*map(str, UNSAFE.values())])
def test_production_refuses_what_is_unsafe(sentence, unsafe):
    assert refusal({**SAFE, **unsafe}) == sentence


@pytest.mark.parametrize("secret", ["short", "x" * 64, "ab" * 32, " "])
def test_production_refuses_a_secret_that_can_be_guessed(secret):
    assert "CAMPAIGN_SECRET_KEY" in refusal({**SAFE, "SECRET_KEY": secret})


def test_production_tells_all_faults_at_once():
    told = refusal({**SAFE, "SMTP_URL": "", "TRUSTED_HOSTS": "", "SECRET_KEY": ""})

    assert told.count("CAMPAIGN_") == 3


@pytest.mark.parametrize(("name", "value", "sentence"), MALFORMED)
def test_what_cannot_be_read_is_refused_with_a_sentence(name, value, sentence):
    told = refusal({**SAFE, "NOW": "", name: value})

    assert told.startswith(sentence)


@pytest.mark.parametrize(
    "mailbox", ["", "reply@localhost", "eleven_char@mail-1.example.org", "r@example.org"]
)
def test_a_mailbox_for_replies_leaves_room_for_a_token(mailbox):
    assert load({**SAFE, "REPLY_MAILBOX": mailbox})["REPLY_MAILBOX"] == mailbox


@pytest.mark.parametrize(
    ("given_folder", "folder"),
    [
        ("", "/srv/instance/inbound"),
        ("/var/mail/reply", "/var/mail/reply"),
        ("mail/in", f"{ROOT}/mail/in"),
    ],
)
def test_mails_come_in_by_a_folder_of_the_instance_or_by_another(given_folder, folder):
    values = {**SAFE, "INSTANCE_FOLDER": "/srv/instance", "INBOUND_FOLDER": given_folder}

    assert load(values)["INBOUND_FOLDER"] == folder


def test_data_and_keys_never_share_a_database():
    told = refusal({**SAFE, "DATABASE_URL": ONE_ADDRESS, "KEYSTORE_URL": ONE_ADDRESS})

    assert told == "CAMPAIGN_KEYSTORE_URL must be another database than CAMPAIGN_DATABASE_URL."


def test_there_is_no_third_mode():
    assert refusal({**SAFE, "MODE": "debug"}) == "CAMPAIGN_MODE is either demo or production."


@pytest.mark.parametrize(
    "url", ["http://campaign.example", "http://192.0.2.1:5000", "http://0.0.0.0"]
)
def test_the_demonstration_is_for_this_machine_only(tmp_path, url):
    told = refusal({"MODE": "demo", "INSTANCE_FOLDER": tmp_path, "BASE_URL": url})

    assert "addresses of this machine only" in told


def test_the_demonstration_trusts_no_host_elsewhere(tmp_path):
    values = {"MODE": "demo", "INSTANCE_FOLDER": tmp_path, "TRUSTED_HOSTS": "campaign.example"}

    assert "addresses of this machine only" in refusal(values)


@pytest.mark.parametrize("url", ["http://localhost", "http://127.0.0.1:8000/", "http://[::1]:5000"])
def test_the_demonstration_runs_on_any_address_of_this_machine(tmp_path, url):
    loaded = load({"MODE": "demo", "INSTANCE_FOLDER": tmp_path, "BASE_URL": url})

    assert loaded["BASE_URL"] == url.rstrip("/")


# --- Where settings come from ----------------------------------------------------------------


def test_the_environment_wins_over_the_file_of_settings(given):
    given(RETENTION_DAYS="30", CONTACT=" someone@campaign.example\n")
    loaded = load(SAFE)

    assert loaded["RETENTION_DAYS"] == 30
    assert loaded["CONTACT"] == "someone@campaign.example"


@pytest.mark.parametrize("value", ["-1", "1.5", "many", ""])
@pytest.mark.parametrize("name", ["RETENTION_DAYS", "TRUSTED_PROXIES"])
def test_a_number_that_is_none_is_refused(given, name, value):
    given(**{name: value})

    assert refusal(SAFE) == f"CAMPAIGN_{name} is a whole number of zero or more."


def test_a_secret_may_stand_in_a_file(given, tmp_path):
    path = secret_file(tmp_path, SAFE["SECRET_KEY"])
    given(SECRET_KEY_FILE=path)
    values = {name: value for name, value in SAFE.items() if name != "SECRET_KEY"}

    assert load(values)["SECRET_KEY"] == SAFE["SECRET_KEY"]


def secret_file(folder: Path, secret: str, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(secret + "\n")
    path.chmod(mode)
    return path


def test_the_variable_itself_wins_over_its_file(given, tmp_path):
    given(CONTACT="here", CONTACT_FILE=secret_file(tmp_path, "there"))

    assert load(SAFE)["CONTACT"] == "here"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o777])
def test_a_secret_that_anybody_can_read_is_refused(given, tmp_path, mode):
    given(SECRET_KEY_FILE=secret_file(tmp_path, SAFE["SECRET_KEY"], mode))

    assert refusal(SAFE) == "secret can be read by anybody on this machine: chmod 600."


def test_a_secret_file_that_is_not_there_is_told(given, tmp_path):
    given(MASTER_KEYS_FILE=tmp_path / "none")

    assert refusal(SAFE) == "none cannot be read: No such file or directory."


def test_an_empty_secret_file_is_refused(given, tmp_path):
    given(SECRET_KEY_FILE=secret_file(tmp_path, ""))

    assert refusal(SAFE) == "secret is empty."


def test_a_secret_file_that_holds_bytes_is_refused(given, tmp_path):
    path = secret_file(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    given(SECRET_KEY_FILE=path)

    assert refusal(SAFE) == "secret is not text in UTF-8."


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_whatever_name_it_has(scheme):
    loaded = load({**SAFE, "DATABASE_URL": f"{scheme}://app@db.example/campaign"})

    assert loaded["DATABASE_URL"] == "postgresql+psycopg://app@db.example/campaign"


def test_without_a_database_a_file_in_the_instance_folder_serves(tmp_path):
    folder = tmp_path / "new"
    loaded = load({**SAFE, "INSTANCE_FOLDER": folder, "DATABASE_URL": "", "KEYSTORE_URL": ""})

    assert loaded["DATABASE_URL"] == f"sqlite:///{folder}/campaign.sqlite"
    assert loaded["KEYSTORE_URL"] == f"sqlite:///{folder}/keys.sqlite"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    told = refusal({"MODE": "demo", "INSTANCE_FOLDER": tmp_path / "file" / "folder"})

    assert told == f"{tmp_path}/file/folder cannot be made: Not a directory."


# --- Secrets of the demonstration ------------------------------------------------------------


def test_the_demonstration_makes_its_secrets_once_for_its_owner_alone(tmp_path):
    demo = {"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path / "instance")}
    first, second = load(demo), load(demo)
    files = sorted((tmp_path / "instance").iterdir())

    assert [path.name for path in files] == ["master_keys", "secret_key"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert len(str(first["SECRET_KEY"])) >= 43
    assert len(master_keys(str(first["MASTER_KEYS"]))["first"]) == 32
    assert first == second


def test_two_demonstrations_have_different_secrets(tmp_path):
    one, other = (load({"MODE": "demo", "INSTANCE_FOLDER": tmp_path / name}) for name in "ab")

    assert one["SECRET_KEY"] != other["SECRET_KEY"]
    assert one["MASTER_KEYS"] != other["MASTER_KEYS"]


def test_processes_that_start_at_once_agree_on_the_secrets(tmp_path):
    demo = {"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path)}
    with ThreadPoolExecutor(16) as pool:
        loaded = list(pool.map(lambda _: load(demo), range(32)))

    assert len({(each["SECRET_KEY"], each["MASTER_KEYS"]) for each in loaded}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["master_keys", "secret_key"]


def test_the_second_to_write_a_secret_takes_the_first_ones(tmp_path):
    path = secret_file(tmp_path, "the first")
    settings._write_once(path, "the second")

    assert path.read_text() == "the first\n"
    assert [path] == list(tmp_path.iterdir())


def test_secrets_that_became_readable_for_anybody_are_refused(tmp_path):
    demo = {"MODE": "demo", "INSTANCE_FOLDER": str(tmp_path)}
    load(demo)
    (tmp_path / "secret_key").chmod(0o644)

    assert refusal(demo) == "secret_key can be read by anybody on this machine: chmod 600."


def test_production_makes_no_secrets(tmp_path):
    refusal({**SAFE, "INSTANCE_FOLDER": str(tmp_path), "SECRET_KEY": "", "MASTER_KEYS": ""})

    assert list(tmp_path.iterdir()) == []


def test_the_newest_master_key_comes_first():
    other = base64.b64encode(b"k" * 32).decode()

    assert list(master_keys(f"new:{other}, {MASTER_KEY}")) == ["new", "first"]


# --- The door --------------------------------------------------------------------------------


def run(code: str, **values: str) -> "subprocess.CompletedProcess[str]":
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}
    environment = {**bare, **{f"CAMPAIGN_{name}": value for name, value in values.items()}}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True,
                          capture_output=True, check=False)  # fmt: skip


def test_a_server_that_must_not_start_says_why_in_a_line():
    done = run("import wsgi")

    assert done.returncode == 1
    assert done.stderr.startswith("This installation does not start. CAMPAIGN_BASE_URL must start")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_production_starts_with_all_that_it_needs(tmp_path):
    code = (
        "import wsgi; from campaign import clock; print(wsgi.app.config['MODE'], clock.now().year)"
    )
    done = run(code, **{**SAFE, "INSTANCE_FOLDER": str(tmp_path)})

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] == "production"
    assert int(done.stdout.split()[1]) >= 2026


# --- What stands in the files ----------------------------------------------------------------


def test_every_setting_gives_its_reason():
    lines = (ROOT / "config.py").read_text().splitlines()
    bare = [
        line
        for number, line in enumerate(lines)
        if re.match(r"[A-Z_]+ = ", line) and not lines[number - 1].startswith("# ")
    ]

    assert len(NAMES) >= 17
    assert not bare


def test_every_setting_is_explained_in_the_readme_and_nothing_else():
    readme = (ROOT / "README.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE))

    assert set(NAMES) - explained == set()
    assert explained - set(NAMES) == set()


def test_every_variable_that_the_project_names_is_a_setting():
    named = {
        (path.name, name)
        for path in [ROOT / "README.md", ROOT / "run", *ROOT.glob("campaign/**/*.py")]
        for name in re.findall(r"CAMPAIGN_([A-Z][A-Z_]*[A-Z])", path.read_text())
    }

    assert not [pair for pair in named if pair[1].removesuffix("_FILE") not in NAMES]


def test_no_secret_has_a_default():
    tree = ast.parse((ROOT / "config.py").read_text())
    defaults = {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    secret = [name for name in defaults if re.search("SECRET|KEY|TOKEN|PASSWORD", name)]

    assert {"SECRET_KEY", "MASTER_KEYS", "METRICS_TOKEN"} <= set(secret)
    assert {defaults[name] for name in secret} == {""}
