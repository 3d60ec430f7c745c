"""How we speak with mail servers: encrypted where they can, never a password in the clear."""

import datetime
import ipaddress
import socket
import ssl
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaign.emails import transport
from campaign.emails.transport import Courier, Outcome, reach


class Mailbox:
    """Takes every message, and notes whether it came encrypted, by whom, and after which name."""

    def __init__(self) -> None:
        self.taken: list[tuple[bool, object, str]] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Take a message."""
        self.taken.append((session.ssl is not None, session.auth_data, session.host_name))
        return "250 OK"


class Listening(Controller):
    """A mail server on a free port, which is taken before it starts."""

    def __init__(self, box: Mailbox, **options) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(box, hostname="127.0.0.1", port=self._socket.getsockname()[1], **options)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """Give a server's side of TLS for this machine, which our side trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return context


@pytest.fixture
def serve():
    """Start mail servers; all end with the test."""
    running = []

    def serve(**options) -> tuple[Mailbox, int]:
        box = Mailbox()
        controller = Listening(box, **options)
        controller.start()
        running.append(controller)
        return box, controller.port

    yield serve
    for controller in running:
        controller.stop()


def message(to: str = "kari@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "campaign@localhost", to, "A subject"
    made.set_content("Words\n")
    return made


def deliver(url: str, tmp_path, *messages: EmailMessage) -> list[Outcome]:
    with Courier(smtp_url=url, folder=tmp_path, own_name="us.example.org") as courier:
        return [courier.deliver(one, "1").outcome for one in messages or (message(),)]


def test_mail_goes_encrypted_where_the_server_can(serve, certificate, tmp_path):
    box, port = serve(tls_context=certificate, require_starttls=True)

    assert deliver(f"smtp://127.0.0.1:{port}", tmp_path) == [Outcome.SENT]

    assert box.taken == [(True, None, "us.example.org")]


def test_a_server_with_a_certificate_that_is_not_its_own_gets_nothing(
    serve, certificate, tmp_path, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    box, port = serve(tls_context=certificate, require_starttls=True)

    assert deliver(f"smtp://127.0.0.1:{port}", tmp_path) == [Outcome.DOWN]

    assert box.taken == []


def test_we_sign_in_over_an_encrypted_connection(serve, certificate, tmp_path):
    def check(_server, _session, _envelope, _mechanism, data):
        is_right = (data.login, data.password) == (b"us@here", b"pass/word")
        return AuthResult(success=is_right, handled=False, auth_data="us" if is_right else None)

    box, port = serve(tls_context=certificate, authenticator=check, auth_required=True)

    url = f"smtp://us%40here:pass%2Fword@127.0.0.1:{port}"
    assert deliver(url, tmp_path) == [Outcome.SENT]
    assert deliver(url.replace("word", "ward"), tmp_path) == [Outcome.DOWN]
    assert [auth for _ssl, auth, _name in box.taken] == ["us"]
    assert (reach(url), reach(url.replace("word", "ward"))) == (True, False)


def test_no_password_is_given_away_unencrypted_to_another_machine(serve, tmp_path, monkeypatch):
    told = []

    def check(_server, _session, _envelope, _mechanism, data):
        told.append(data)
        return AuthResult(success=True)

    _box, port = serve(authenticator=check, auth_require_tls=False)
    monkeypatch.setattr(transport, "LOOPBACK", frozenset())

    assert deliver(f"smtp://us:password@127.0.0.1:{port}", tmp_path) == [Outcome.DOWN]

    assert told == []


def test_several_messages_go_over_one_connection(serve, tmp_path, monkeypatch):
    connections = []
    connect = transport.connect
    monkeypatch.setattr(transport, "connect", lambda *args: connections.append(1) or connect(*args))
    box, port = serve()

    deliver(f"smtp://127.0.0.1:{port}", tmp_path, message(), message(), message())

    assert (len(box.taken), len(connections)) == (3, 1)


def test_an_address_that_the_server_cannot_write_is_refused_for_good(serve, tmp_path):
    box, port = serve(enable_SMTPUTF8=False)
    outcomes = deliver(f"smtp://127.0.0.1:{port}", tmp_path, message("kåri@example.org"), message())

    assert outcomes == [Outcome.NEVER, Outcome.SENT]
    assert len(box.taken) == 1


def test_an_address_in_any_script_is_written_where_the_server_can(serve, tmp_path):
    box, port = serve(enable_SMTPUTF8=True)

    assert deliver(f"smtp://127.0.0.1:{port}", tmp_path, message("길동@example.org")) == [
        Outcome.SENT
    ]
    assert len(box.taken) == 1


def test_a_server_that_is_not_there_is_not_reached():
    assert not reach("smtp://127.0.0.1:9")
