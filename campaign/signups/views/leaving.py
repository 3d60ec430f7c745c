"""Leave at once: to a page that tells nothing, with nothing left behind in the browser."""

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from campaign.database import setting
from campaign.permissions import public
from campaign.signups.views.blueprint import signups

LEFT_BEHIND = '"cache", "cookies", "storage"'


@signups.get("/<language:language>/exit")
@public
def leave() -> ResponseReturnValue:
    """Forget the visit, and lead to a page that anybody may have open.

    A picture or link on another site leads there too, but cannot end anybody's visit.
    """
    response = redirect(setting("QUICK_EXIT_URL"), 303)
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        session.clear()
        response.headers["Clear-Site-Data"] = LEFT_BEHIND
    return response
