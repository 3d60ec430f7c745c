"""What a person does with a mail: find the one link in it."""

import re
from email.message import EmailMessage


def link_in(mail: EmailMessage) -> str:
    """Return the one address in a mail that leads to a page of its reader's own."""
    words = mail.get_body(("plain",)).get_content()
    [link] = set(re.findall(r"http\S+/(?:sign-ups|sign-in)/\S+", words))
    return link
