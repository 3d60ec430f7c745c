"""What every answer and every cookie carries, and which requests are not taken at all."""

from io import BytesIO
from typing import IO

from flask import Flask, Request, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.settings import LOOPBACK_HOSTS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LARGEST_REQUEST = 3_000_000  # bytes


class Asked(Request):
    """A request whose files never touch the disk, where one could find them afterwards."""

    def _get_file_stream(self, *_about: object, **_more: object) -> IO[bytes]:
        return BytesIO()  # No request is larger than memory: see above.


class Visits(SecureCookieSessionInterface):
    """Visits in a signed cookie, which is read only where there is one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the visit, an empty one for who comes without a cookie."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Join cookies, trusted hosts, proxies, headers and the refusal of cross-site writes."""
    is_https = app.config["BASE_URL"].startswith("https://")
    hosts = [host.strip() for host in app.config["TRUSTED_HOSTS"].split(",") if host.strip()]
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SERVER_NAME=app.config["BASE_URL"].partition("://")[2],
        PREFERRED_URL_SCHEME="https" if is_https else "http",
        TRUSTED_HOSTS=hosts or [*LOOPBACK_HOSTS],
        SESSION_COOKIE_NAME="__Host-visit" if is_https else "visit",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # As long as the visit: a form may lie open for a day.
        WTF_CSRF_SSL_STRICT=False,  # Wants a referrer, which we send nobody; see below instead.
    )
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.session_interface, app.request_class = Visits(), Asked
    app.before_request(_refuse_cross_site)
    app.after_request(_add_headers)


def _refuse_cross_site() -> None:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _add_headers(response: Response) -> Response:
    if response.status_code == 304:  # What it stands for came with them.
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
