"""How those who organize come in: by the link in a mail, and the button behind it."""

from tests.stories.browsing import Visitor
from tests.stories.letters import new_link


def sign_in(visitor: Visitor, mailbox, address: str) -> str:
    """Ask for a link, use it, and return it."""
    visitor.open("/en/organize/sign-in").send("Send me the link", email=address)
    assert "Look into your mail" in visitor.text

    link = new_link(mailbox, address)
    visitor.open(link).send("Sign in now")
    return link
