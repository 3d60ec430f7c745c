"""A mail as it goes out: its words, its recipient, its headers."""

from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy, default
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlsplit

from email_validator import validate_email

from campaign.database import setting
from campaign.emails.invitations import attach, invitation_in
from campaign.emails.rendering import render
from campaign.models import Email

ENCODING = "quoted-printable"
UNSUBSCRIBE = "unsubscribe"  # the value that holds the address of one's silence


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header that stands on one line, however long: in pieces no program would read it."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header neither folded nor encoded."""
        return f"{self.name}: {self}{policy.linesep}"


def compose(email: Email, values: dict[str, object]) -> EmailMessage:
    """Return the message to the one recipient, text and HTML, in the recipient's language.

    With an `Invitation` among the values, also the calendar that the recipient's programs read;
    with "unsubscribe" the address at which one click ends such mails.
    """
    words = render(email.template, email.language, values)
    message = EmailMessage(POLICY)
    message["From"] = setting("MAIL_FROM")
    message["To"] = _recipient(str(values["address"]))
    message["Subject"] = words.subject
    message["Date"] = format_datetime(email.created_at)
    message["Message-ID"] = _message_id(email.key)
    message["Auto-Submitted"] = "auto-generated"
    _offer_silence(message, values)
    message.set_content(words.text, cte=ENCODING)
    message.add_alternative(words.html, subtype="html", cte=ENCODING)
    invitation = invitation_in(values)
    if invitation:
        attach(invitation, message)
    message["Content-Language"] = email.language  # Last: else it would move into the first part.
    return message


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    headers.map_to_type("List-Unsubscribe", WholeHeader)
    return default.clone(header_factory=headers)


POLICY = _policy()


def _offer_silence(message: EmailMessage, values: dict[str, object]) -> None:
    """Say where one click ends the mails, if a mail can be ended (RFC 2369, RFC 8058)."""
    address = values.get(UNSUBSCRIBE)
    if address:
        message["List-Unsubscribe"] = f"<{address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _recipient(address: str) -> Address:
    """Return the address as every mail server reads it: the domain in ASCII."""
    parts = validate_email(address, check_deliverability=False, test_environment=True)
    return Address(username=parts.local_part, domain=parts.ascii_domain)


def _message_id(key: str) -> str:
    """Derive the Message-ID from the outbox key: a mail sent twice is the same mail."""
    host = urlsplit(setting("BASE_URL")).hostname
    digest = sha256(f"{setting('SECRET_KEY')}|{key}".encode()).hexdigest()
    return f"<{digest[:40]}@{host}>"
