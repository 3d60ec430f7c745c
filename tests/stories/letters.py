"""What a person does with mails: find the one link that is new in them."""

import re
from collections.abc import Iterable
from email.message import EmailMessage


def links_in(mails: Iterable[EmailMessage]) -> set[str]:
    """Return the addresses in mails that lead to pages of their readers' own."""
    words = (mail.get_body(("plain",)).get_content() for mail in mails)
    return {
        link for text in words for link in re.findall(r"http\S+/(?:sign-ups|sign-in)/\S+", text)
    }


def new_link(mailbox, address: str) -> str:
    """Let the worker send what is due, and return the one link that somebody got by it."""
    before = links_in(mailbox.to(address))
    mailbox.deliver()
    [link] = links_in(mailbox.to(address)) - before
    return link
