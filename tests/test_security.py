"""What every answer and every cookie carries, and which requests are not taken at all."""

import base64
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, request, session

from campaign import create_app
from campaign.settings import PROJECT
from tests.installations import Installation, installed_on_sqlite

HTTPS = "https://campaign.example"
PATHS = [
    "/en/", "/en/privacy", "/en/no-such/", "/no-such.ics", "/healthz", "/readyz", "/metrics",
    "/.well-known/security.txt", "/en/organize/", "/en/organize/sign-in", "/en/sign-ups/none", "/",
]  # fmt: skip
LARGE = 3_000_001  # bytes

trial = Blueprint("trial", __name__)


@trial.get("/trial/visit")
def visit() -> str:
    """Begin a visit, and say where one seems to come from."""
    session["seen"] = True
    return f"{request.remote_addr} {request.host_url}"


@trial.get("/trial/broken")
def broken() -> str:
    """Break over what somebody typed."""
    raise RuntimeError(f"Cannot digest {request.args['name']}")


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Iterator[Flask]:
    """The product on this machine, with two views more."""
    with installed_on_sqlite(tmp_path_factory.mktemp("here")) as installation:
        installation.app.register_blueprint(trial)
        yield installation.app


def production(folder: str, **settings: object) -> Flask:
    """The product as it runs for real, on the databases of a demonstration."""
    app = create_app(
        {
            "MODE": "production",
            "INSTANCE_FOLDER": folder,
            "BASE_URL": HTTPS,
            "TRUSTED_HOSTS": "campaign.example, www.campaign.example",
            "SMTP_URL": "smtp://mail.example",
            "SECRET_KEY": "correct horse battery staple, and more",
            "MASTER_KEYS": "first:" + base64.b64encode(bytes(range(32))).decode(),
            **settings,
        }
    )
    app.register_blueprint(trial)
    return app


@pytest.fixture
def elsewhere(here, request) -> Iterator[Flask]:
    """The product as it runs for real; by a parameter, behind so many proxies."""
    app = production(here.config["INSTANCE_FOLDER"], TRUSTED_PROXIES=getattr(request, "param", 0))
    yield app
    for engine in Installation(app, PROJECT, {}).engines:
        engine.dispose()


def policy_of(response) -> dict[str, list[str]]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {part.split()[0]: part.split()[1:] for part in parts}


# --- Headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_the_browser_what_it_may_do(here, path):
    response = here.test_client().get(path)
    policy = policy_of(response)

    assert policy.pop("default-src") == policy.pop("frame-ancestors") == ["'none'"]
    assert policy.pop("base-uri") == ["'none'"]
    assert set(policy) == {
        "script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"
    }  # fmt: skip
    assert all(sources == ["'self'"] for sources in policy.values())
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-" in response.headers["Cache-Control"]


def test_errors_of_every_kind_carry_the_same_headers(here):
    client = here.test_client()
    answers = [
        client.get("/trial/broken?name=x"),
        client.put("/en/"),
        client.post("/en/organize/sign-in"),
        client.get("/en/", headers={"Host": "evil.example"}),
        client.post("/en/organize/sign-in", headers={"Sec-Fetch-Site": "cross-site"}),
    ]

    assert [answer.status_code for answer in answers] == [500, 405, 400, 400, 403]
    assert all(
        "default-src 'none'" in answer.headers["Content-Security-Policy"] for answer in answers
    )
    assert all("<main" in answer.text for answer in answers)


def test_https_is_kept_to_for_good_where_it_is_spoken(here, elsewhere):
    secure = elsewhere.test_client().get("/en/", base_url=HTTPS)
    plain = here.test_client().get("/en/")

    assert secure.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Strict-Transport-Security" not in plain.headers


def test_nobody_is_told_what_the_product_runs_on(here):
    response = here.test_client().get("/en/")

    assert not {"Server", "X-Powered-By"} & set(response.headers.keys())


# --- Cookies ---------------------------------------------------------------------------------


def test_a_visit_over_https_has_a_cookie_that_belongs_to_this_host_alone(elsewhere):
    response = elsewhere.test_client().get("/trial/visit", base_url=HTTPS)
    name, *flags = response.headers["Set-Cookie"].split("; ")

    assert name.startswith("__Host-visit=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_a_visit_on_this_machine_has_the_same_cookie_without_the_prefix(here):
    response = here.test_client().get("/trial/visit")
    name, *flags = response.headers["Set-Cookie"].split("; ")

    assert name.startswith("visit=")
    assert set(flags) == {"HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize("path", ["/en/", "/en/privacy", "/healthz", "/en/no-such/"])
def test_whoever_only_reads_gets_no_cookie(here, path):
    assert "Set-Cookie" not in here.test_client().get(path).headers


# --- What is not taken -----------------------------------------------------------------------


@pytest.mark.parametrize("site", ["cross-site"])
def test_what_another_site_sends_is_refused(here, site):
    here.config["WTF_CSRF_ENABLED"] = False
    response = here.test_client().post("/en/organize/sign-out", headers={"Sec-Fetch-Site": site})
    here.config["WTF_CSRF_ENABLED"] = True

    assert response.status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none", None])
def test_what_a_person_sends_from_our_pages_is_not_taken_for_another_sites(here, site):
    here.config["WTF_CSRF_ENABLED"] = False
    headers = {"Sec-Fetch-Site": site} if site else {}
    response = here.test_client().post("/en/organize/sign-out", headers=headers)
    here.config["WTF_CSRF_ENABLED"] = True

    assert response.status_code == 303


def test_a_link_from_another_site_may_be_followed(here):
    response = here.test_client().get("/en/", headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 200


@pytest.mark.parametrize("token", ["", "x", "ü", "☃", "a" * 5000])
def test_a_form_without_its_token_is_refused_whatever_stands_in_it(here, token):
    data = {"csrf_token": token, "email": "a@b.example"}
    response = here.test_client().post("/en/organize/sign-in", data=data)

    assert response.status_code == 400
    assert "The form was open too long" in response.text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a b", "", "[::1"]
)
@pytest.mark.parametrize("path", ["/en/", "/", "/en/no-such/", "/healthz"])
def test_a_foreign_host_gets_a_page_that_refuses(here, host, path):
    response = here.test_client().get(path, headers={"Host": host})

    assert response.status_code == 400
    assert "<main" in response.text
    assert "evil.example" not in response.text + str(response.headers)


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "127.0.0.1:8000"])
def test_this_machine_is_answered_by_whatever_name(here, host):
    assert here.test_client().get("/en/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("campaign.example", 200), ("www.campaign.example", 200), ("localhost", 400),
     ("xcampaign.example", 400), ("campaign.example.evil.example", 400)],
)  # fmt: skip
def test_production_answers_to_its_own_names_only(elsewhere, host, status):
    response = elsewhere.test_client().get("/en/", headers={"Host": host})

    assert response.status_code == status


@pytest.mark.parametrize(
    ("content", "head"),
    [
        ("application/x-www-form-urlencoded", b"email="),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n',
        ),
    ],
)
def test_a_request_that_is_too_large_is_refused_with_a_page(here, content, head):
    here.config["WTF_CSRF_ENABLED"] = False
    body = head + b"x" * LARGE
    response = here.test_client().post("/en/organize/sign-in", data=body, content_type=content)
    here.config["WTF_CSRF_ENABLED"] = True

    assert response.status_code == 413
    assert "too large" in response.text


def test_a_request_that_only_says_that_it_is_large_is_not_read(here):
    unread = {"CONTENT_LENGTH": str(10**12), "wsgi.input": Unread()}
    form = "application/x-www-form-urlencoded"
    response = here.test_client().post(
        "/en/organize/sign-in", environ_overrides=unread, content_type=form
    )

    assert response.status_code == 413


class Unread:
    """A body that nobody may ask for."""

    def read(self, size: int = -1) -> bytes:
        """Fail."""
        raise AssertionError(f"{size} bytes were read")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "TRACE", "BREW"])
def test_a_method_that_an_address_does_not_know_is_refused_with_a_page(here, method):
    here.config["WTF_CSRF_ENABLED"] = False
    response = here.test_client().open("/en/", method=method)
    here.config["WTF_CSRF_ENABLED"] = True

    assert response.status_code == 405
    assert "not used that way" in response.text


def test_an_error_page_shows_nothing_of_its_inside(here, capsys):
    response = here.test_client().get("/trial/broken?name=Hwang")
    said = response.text + capsys.readouterr().err

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert not [
        word for word in ("Hwang", "RuntimeError(", "Traceback", str(PROJECT)) if word in said
    ]


# --- Proxies ---------------------------------------------------------------------------------

FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https",
             "X-Forwarded-Host": "www.campaign.example"}  # fmt: skip


def test_a_forwarded_header_is_not_believed(elsewhere):
    response = elsewhere.test_client().get(
        "/trial/visit", base_url="http://campaign.example", headers=FORWARDED
    )

    assert response.text == "127.0.0.1 http://campaign.example/"


@pytest.mark.parametrize("elsewhere", [1], indirect=True)
def test_the_header_of_a_proxy_that_is_ours_is_believed(elsewhere):
    forwarded = {**FORWARDED, "X-Forwarded-For": "192.0.2.66, 203.0.113.9"}
    response = elsewhere.test_client().get(
        "/trial/visit", base_url="http://campaign.example", headers=forwarded
    )

    assert response.text == "203.0.113.9 https://www.campaign.example/"


@pytest.mark.parametrize("elsewhere", [1], indirect=True)
def test_a_proxy_cannot_bring_a_foreign_host(elsewhere):
    forwarded = {**FORWARDED, "X-Forwarded-Host": "evil.example"}
    response = elsewhere.test_client().get(
        "/en/", base_url="http://campaign.example", headers=forwarded
    )

    assert response.status_code == 400
    assert "evil.example" not in response.text
