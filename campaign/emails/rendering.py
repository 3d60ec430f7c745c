"""A mail's words: a folder of templates in the recipient's language."""

from dataclasses import dataclass

from flask import render_template

from campaign.languages import speaking


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says."""

    subject: str
    text: str
    html: str


def render(template: str, language: str, values: dict[str, object]) -> Words:
    """Render subject.txt, body.txt and body.html of templates/emails/<template>/."""
    with speaking(language):
        subject, text, html = (
            render_template(f"emails/{template}/{part}", **values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return Words(" ".join(subject.split()), text.strip() + "\n", html)
