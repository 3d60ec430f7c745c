"""A mail's words: a folder of templates in the recipient's language."""

import re
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
    """Render subject.txt, body.txt and body.html of templates/emails/<template>/.

    The HTML may take its words from the two others: "subject", and "paragraphs" of lines.
    """
    with speaking(language):
        subject, text = (
            render_template(f"emails/{template}/{part}", **values)
            for part in ("subject.txt", "body.txt")
        )
        subject, text = " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text.strip())
        paragraphs = [paragraph.split("\n") for paragraph in text.split("\n\n")]
        html = render_template(
            f"emails/{template}/body.html", **values, subject=subject, paragraphs=paragraphs
        )
    return Words(subject, text + "\n", html)
