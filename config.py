"""The settings, one per line, each with its reason; CAMPAIGN_<NAME> in the environment wins.

A setting that holds a secret may also be given as CAMPAIGN_<NAME>_FILE, the path of a file
that holds it.
"""

# "demo": loopback only, samples, printed sign-in links. "production": refuses to start unless safe.
MODE = "production"

# Where databases, mails and secrets of a small installation lie. Relative to the project.
INSTANCE_FOLDER = "instance"

# The data. Empty: SQLite in the instance folder. PostgreSQL: postgresql://user@host/name.
DATABASE_URL = ""

# The sealed keys, apart from the data, so that a data backup alone opens nothing. Empty: SQLite.
KEYSTORE_URL = ""

# smtp://user:password@host:587 (STARTTLS), smtps://…:465. Empty in demo: each mail is a file.
SMTP_URL = ""

# The sender of every mail; a neutral address of this installation.
MAIL_FROM = "campaign@localhost"

# reply@example.org, where calendars' answers and mails that come back arrive, by addresses with a
# token: reply+token@example.org. Empty: nobody is asked to reply, and nothing is read.
REPLY_MAILBOX = ""

# Where a mail server drops what came for it: a Maildir or a folder. Empty: inbound in the instance.
INBOUND_FOLDER = ""

# The address people use; links in mails and calendars start with it.
BASE_URL = "http://127.0.0.1:5000"

# Signs cookies and form tokens. Made on first run in demo; at least 32 characters in production.
SECRET_KEY = ""

# "name:base64 of 32 bytes", newest first, separated by commas. Seal the event keys.
MASTER_KEYS = ""

# The demonstration's start, ISO 8601 with offset. Demo only. Empty: real time.
NOW = ""

# Shown where the browser asks for no language we have.
DEFAULT_LANGUAGE = "en"

# Days that personal data outlives its event.
RETENTION_DAYS = 14

# Host names we answer to, separated by commas; anything else is refused.
TRUSTED_HOSTS = ""

# How many proxies in front set X-Forwarded-*; 0 believes none of these headers.
TRUSTED_PROXIES = 0

# "off" only outside production, for load tests.
FLOOD_CONTROL = "on"

# A bearer token that /metrics wants; empty: /metrics answers 404.
METRICS_TOKEN = ""

# Whom people write to; shown on the contact page and in security.txt.
CONTACT = ""

# Where "Leave quickly" leads: a large page that anybody may have open, whose name tells nothing.
# Nothing is asked of it before. Choose another where this one is blocked or looked at askance.
QUICK_EXIT_URL = "https://www.wikipedia.org/"
