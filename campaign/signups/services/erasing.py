"""Delete what is personal of sign-ups; rows, states and numbers stay."""

import sqlalchemy as sa

from campaign.database import db
from campaign.models import LinkKind, PersonalFeedEntry, Signup, SignupLink, Testimony

NOTHING = {
    name: None
    for name in (
        *("details", "tokens", "address_index", "idempotency_index"),
        *("hold_until", "burst"),
    )
}


def wipe(who: sa.ColumnElement[bool], *, keeps_page: bool = False) -> None:
    """Delete all that is personal of sign-ups, and whatever leads to them; their mails apart.

    `keeps_page`: the links of their own pages stay, so that these can say what became of them.
    """
    people = sa.select(Signup.id).where(who)
    for table in (Testimony, PersonalFeedEntry):
        db.session.execute(sa.delete(table).where(table.signup_id.in_(people)))
    links = sa.delete(SignupLink).where(SignupLink.signup_id.in_(people))
    db.session.execute(links.where(SignupLink.kind != LinkKind.PAGE) if keeps_page else links)
    db.session.execute(sa.update(Signup).where(who).values(NOTHING))
