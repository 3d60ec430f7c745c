"""The token of a sign-up form: signed time and price, and whether they were paid."""

from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from campaign import clock
from campaign.models import Event
from campaign.signups.proof import is_paid, price_for
from campaign.signups.services import FormUse
from campaign.signups.surges import load_of

QUICKEST = timedelta(seconds=2)  # Nobody fills in the form faster than this.
OLDEST = timedelta(hours=24)
CHEAP_FOR = timedelta(minutes=30)  # Then a token must be worth what is asked for by now.


def make_token(event: Event) -> str:
    """Return a signed note of when the form was made, for which event, at what price."""
    return str(_signer().dumps([_milliseconds(), event.id, _price_now(event)]))


def is_token_of(event: Event, token: str | None) -> bool:
    """Tell whether a token is one of this event that is not too old, nor too cheap by now."""
    read = _read(token, event)
    return read is not None and _is_worth(event, *read)


def price_of(event: Event, token: str | None) -> int:
    """Return the bits of work that a token asks for; 0 = none, or no token of ours."""
    read = _read(token, event)
    return read[1] if read else 0


def use_of(event: Event, token: str | None) -> FormUse | None:
    """Return the form as what is good for one hold; None = no token of ours."""
    read = _read(token, event)
    return FormUse(token or "", read[0]) if read else None


def is_fair(event: Event, token: str | None, proof: str | None) -> bool:
    """Tell whether a form took the time of a person, and the work that it asked for."""
    read = _read(token, event)
    if read is None:
        return False
    made_at, price = read
    is_slow = clock.real_now() - made_at >= QUICKEST
    is_worked_for = is_slow and is_paid(token or "", proof, price)
    return not _is_on() or (is_worked_for and _is_worth(event, made_at, price))


def _is_worth(event: Event, made_at: datetime, price: int) -> bool:
    # Else a flood would lay in tokens while all is calm. Who fills in a form is faster than that.
    is_young = clock.real_now() - made_at <= CHEAP_FOR
    return is_young or price >= _price_now(event)


def _price_now(event: Event) -> int:
    return price_for(load_of(event.id)) if _is_on() else 0


def _read(token: str | None, event: Event) -> tuple[datetime, int] | None:
    """Return when a token of this event was made, and its price; None = not ours, or too old."""
    try:
        made, event_id, price = _signer().loads(token or "")
    except BadData:
        return None
    made_at = datetime.fromtimestamp(made / 1000, UTC)
    is_ours = event_id == event.id and clock.real_now() - made_at <= OLDEST
    return (made_at, int(price)) if is_ours else None


def _is_on() -> bool:
    return bool(current_app.config["FLOOD_CONTROL"] != "off")


def _milliseconds() -> int:
    return int(clock.real_now().timestamp() * 1000)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="sign-up form")
