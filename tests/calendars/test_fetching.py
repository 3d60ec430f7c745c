"""Calendars are fetched from the public internet, within limits, and from nowhere else."""

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from campaign.calendars.fetching import (
    LARGEST_ANSWER,
    AddressUnreadable,
    FetchFailed,
    FetchMoved,
    FetchTooLarge,
    FetchTooSlow,
    HostUnknown,
    Internet,
    fetch_calendar,
    is_public,
)
from campaign.calendars.reading import NotACalendar
from campaign.errors import CampaignError

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
PUBLIC, ALSO_PUBLIC = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
ADDRESS = "http://calendar.example/feed.ics"
BOMB = gzip.compress(b"BEGIN:VCALENDAR" + b" " * 50 * LARGEST_ANSWER)
LIMIT = 0.6  # seconds given to a slow server
PATIENCE = 4 * LIMIT  # seconds after which it was not cut off


def answer(body: bytes = CALENDAR, *headers: str, status: str = "200 OK") -> bytes:
    """Write an answer whose end is the end of the connection, unless a header says otherwise."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers))
    return f"{head}\r\n".encode() + body


def sized(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return answer(body, f"Content-Length: {len(body)}", *headers, status=status)


def chunked(*chunks: bytes) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return answer(body, "Transfer-Encoding: chunked")


@dataclass
class Outside(Internet):
    """The internet as one server on this machine: vetted as ever, but connected to that."""

    port: int
    names: dict[str, list[str]] = field(default_factory=dict)
    certificate: bytes | None = None  # whom we trust, PEM
    dead: tuple[str, ...] = ()  # addresses where nobody answers
    looked_up: list[tuple[str, int]] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def addresses(self, host, port):
        self.looked_up.append((host, port))
        if host not in self.names:
            raise socket.gaierror("no such name")
        return self.names[host]

    def connect(self, address, port, seconds):
        self.connected.append((address, port))
        if address in self.dead:
            raise ConnectionRefusedError
        return super().connect("127.0.0.1", self.port, seconds)

    def trust(self):
        if self.certificate is None:
            return super().trust()
        return ssl.create_default_context(cadata=self.certificate.decode())


@dataclass
class Server:
    """A server that answers each request with the same pieces, one after the other."""

    internet: Outside
    requests: list[bytes] = field(default_factory=list)

    def fetch(self, address: str = ADDRESS, **options) -> bytes:
        return fetch_calendar(address, internet=self.internet, **options)


@contextmanager
def serving(
    pieces: Iterable[bytes], *, wrap: Callable[[socket.socket], socket.socket] = lambda line: line
) -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(Outside(listening.getsockname()[1], {"calendar.example": [PUBLIC]}))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), line, wrap(line) as connection:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(65536)
                server.requests.append(request)
                for piece in pieces:
                    connection.sendall(piece)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def fetched(*pieces: bytes) -> bytes:
    with serving(pieces) as server:
        return server.fetch()


def dripping(head: bytes, drop: bytes = b"x") -> Iterator[bytes]:
    yield head
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield drop
        time.sleep(0.02)


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """Make a certificate for calendar.example: its bytes, and what serves by it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "calendar.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("calendar.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    file.write_bytes(pem + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return pem, lambda line: context.wrap_socket(line, server_side=True)


# --- What is fetched -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        [answer()],
        [sized(CALENDAR)],
        [chunked(CALENDAR[:7], CALENDAR[7:])],
        [sized(gzip.compress(CALENDAR), "Content-Encoding: gzip")],
        [bytes([octet]) for octet in sized(CALENDAR)],
        [sized(b"\xef\xbb\xbf\r\n" + CALENDAR.lower())],
        [sized(CALENDAR.decode().encode("utf-16"))],
    ],
    ids=["to the end", "sized", "chunked", "packed", "octet by octet", "lower case", "UTF-16"],
)
def test_a_calendar_is_fetched_however_it_is_sent(pieces):
    content = fetched(*pieces)

    assert b"calendar" in content.replace(b"\0", b"").lower()
    assert len(content) >= len(CALENDAR)


def test_the_bytes_are_those_of_the_server():
    body = CALENDAR + bytes(range(256)) * 4

    assert fetched(sized(body)) == body


def test_the_largest_calendar_that_may_come_does_come():
    body = CALENDAR.ljust(LARGEST_ANSWER)

    assert fetched(sized(body)) == body
    assert fetched(sized(gzip.compress(body), "Content-Encoding: gzip")) == body


@pytest.mark.parametrize("scheme", ["https", "webcal", "WEBCALS"])
def test_a_calendar_is_fetched_from_a_server_that_proves_its_name(certified, scheme):
    certificate, wrap = certified
    with serving([sized(CALENDAR)], wrap=wrap) as server:
        server.internet.certificate = certificate
        content = server.fetch(f"{scheme}://calendar.example/feed.ics")

    assert content == CALENDAR
    assert server.internet.connected == [(PUBLIC, 443)]


def test_a_server_that_cannot_prove_its_name_is_not_asked(certified):
    certificate, wrap = certified
    with serving([sized(CALENDAR)], wrap=wrap) as server:
        server.internet.names["other.example"] = [PUBLIC]
        for trusted, host in [(certificate, "other.example"), (None, "calendar.example")]:
            server.internet.certificate = trusted
            with pytest.raises(FetchFailed):
                server.fetch(f"https://{host}/feed.ics")

    assert not server.requests


def test_a_request_says_nothing_of_who_asks():
    with serving([sized(CALENDAR)]) as server:
        server.fetch("http://Calendar.example:443/a%20b/한?q=1&r=é#here")

    assert server.requests == [
        b"GET /a%20b/%ED%95%9C?q=1&r=%C3%A9 HTTP/1.1\r\n"
        b"Host: calendar.example:443\r\n"
        b"User-Agent: calendar-import\r\n"
        b"Accept: text/calendar\r\n"
        b"Accept-Encoding: gzip\r\n"
        b"Connection: close\r\n"
        b"\r\n"
    ]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert fetched(sized(CALENDAR)) == CALENDAR


def test_no_cookie_is_kept_for_the_next_time():
    with serving([sized(CALENDAR, "Set-Cookie: visitor=1; Path=/")]) as server:
        server.fetch()
        server.fetch()

    assert len(server.requests) == 2
    assert server.requests[0] == server.requests[1]


# --- Where it is fetched from ----------------------------------------------------------------


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_vetted():
    with serving([sized(CALENDAR)]) as server:
        server.fetch()

    assert server.internet.looked_up == [("calendar.example", 80)]
    assert server.internet.connected == [(PUBLIC, 80)]


def test_another_address_of_a_host_is_tried_where_one_is_dead():
    with serving([sized(CALENDAR)]) as server:
        server.internet.names["calendar.example"] = [PUBLIC, ALSO_PUBLIC]
        server.internet.dead = (PUBLIC,)
        content = server.fetch()

    assert content == CALENDAR
    assert server.internet.connected == [(PUBLIC, 80), (ALSO_PUBLIC, 80)]


def test_a_host_of_many_dead_addresses_is_given_up():
    with serving([sized(CALENDAR)]) as server:
        many = [f"93.184.215.{number}" for number in range(1, 100)]
        server.internet.names["calendar.example"], server.internet.dead = many, tuple(many)
        with pytest.raises(FetchFailed):
            server.fetch()

    assert len(server.internet.connected) < 10


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.7"],
        ["::1", ALSO_PUBLIC],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_that_leads_inside_is_never_connected_to(found):
    with serving([sized(CALENDAR)]) as server:
        server.internet.names["calendar.example"] = found
        with pytest.raises(HostUnknown):
            server.fetch()

    assert not server.internet.connected


def test_whether_a_name_leads_inside_or_nowhere_is_not_told():
    with serving([sized(CALENDAR)]) as server:
        server.internet.names = {"inside.example": ["10.0.0.7"]}
        sentences = []
        for host in ("inside.example", "nowhere.example"):
            with pytest.raises(HostUnknown) as refused:
                server.fetch(f"https://{host}/")
            sentences.append(str(refused.value.sentence))

    assert sentences[0] == sentences[1]


@pytest.mark.parametrize("address", [PUBLIC, ALSO_PUBLIC, "1.1.1.1", "2001:4860:4860::8888"])
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(address)


def test_an_inner_network_behind_nat64_is_seen_through():
    assert is_public("64:ff9b::5db8:d70e")
    assert not is_public("64:ff9b::a00:7")
    assert not is_public("64:ff9b:1::5db8:d70e")


@pytest.mark.parametrize(
    "address",
    [
        # this network, private, shared, loopback, link-local
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1"),
        *("127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
        # protocols, documentation, relays, benchmarks, multicast, reserved, broadcast
        *("192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        # unspecified, loopback, mapped, compatible, translated, Teredo, 6to4
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1"),
        *("::ffff:0:10.0.0.1", "64:ff9b::7f00:1", "2001:0:5ef5:79fb::1", "2002:7f00:1::"),
        *("2002:5db8:d70e::1",),
        # ORCHID, documentation, unique local, link-local, site-local, multicast, discard, segments
        *("2001:20::1", "2001:db8::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1"),
        *("2606:2800::1%2", "fe80::1%2", "fec0::1", "ff02::1", "100::1", "5f00::1", "4000::1"),
        # other ways to write
        *("0x7f.1", "2130706433", "127.1", "017700000001", "localhost", "", "1.1.1.1/32"),
    ],
)
def test_no_other_address_is_public(address):
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_python_knows_to_be_no_global_address_is_not_public(ip):
    assert ip.is_global or not is_public(str(ip))


@pytest.mark.parametrize(
    "address",
    [
        *("", "feed.ics", "//calendar.example/feed.ics", "calendar.example", "https://"),
        *("ftp://calendar.example/", "file:///etc/passwd", "javascript:alert(1)", "gopher://a.b/"),
        # numbers for names
        *("http://127.0.0.1/", "http://93.184.215.14/", "http://[::1]/", "http://2130706433/"),
        *("http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0x7f.0.0.0x1/"),
        *("http://[::ffff:7f00:1]/", "http://1.2.3.4.5/", "http://[v1.a]/", "http://[::1/"),
        # names for what is inside
        *("http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://a.localhost/"),
        *(
            "http://printer/",
            "http://printer.local/",
            "http://vault.internal/",
            "http://1.0.0.127.",
        ),
        *("http://1.0.0.127.in-addr.arpa/", "http://localhost.localdomain/"),
        # names that are none
        *(
            "http://calendar.example./",
            "http://.example/",
            "http://a..example/",
            "http://-a.example",
        ),
        *("http://calendar.example%2e/", "http://a%00.example/", f"http://{'a' * 64}.example/"),
        *("http://" + "a." * 130 + "example/", "http://calendar.examplе/", "http://ⓔxample.com/"),
        *("http://１２７.０.０.１/", "http://calendar。example/", "http://한국.example/"),
        # passwords and ports
        *("http://me@calendar.example/", "http://me:secret@calendar.example/"),
        *("http://calendar.example:22/", "http://calendar.example:8080/", "http://a.example:0/"),
        *("http://calendar.example:99999/", "http://calendar.example:x/", "https://a.example:-1/"),
        # tricks on those who part addresses
        *(
            "http://calendar.example\\@127.0.0.1/",
            "http://a.example/\r\nX-A: 1",
            "http://a.ex\tample/",
        ),
        *("http://a.example /", "http://a.example/a b", "http://a.example/\x7f"),
        *(
            "http://127.0.0.1#.example/",
            "http://127.0.0.1?.example/",
            "http:a.example/",
            "http:///a.b",
        ),
        f"http://calendar.example/{'a' * 2_000}",
    ],
)
def test_an_address_that_could_mean_something_else_is_refused(address):
    internet = Outside(9)

    with pytest.raises(AddressUnreadable):
        fetch_calendar(address, internet=internet)
    assert not internet.looked_up


# --- What is refused of an answer ------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 Other", "307 T", "308 P", "304 N"]
)
def test_a_redirect_is_not_followed(status):
    moved = sized(CALENDAR, "Location: http://calendar.example/b", status=status)

    with serving([moved]) as server, pytest.raises(FetchMoved):
        server.fetch()

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        [sized(CALENDAR, status="404 Not Found")],
        [sized(CALENDAR, status="401 Unauthorized")],
        [sized(CALENDAR, status="500 Oops")],
        [sized(CALENDAR, status="206 Partial Content")],
        [answer(b"", status="204 No Content")],
        [b"220 mail.example ESMTP BEGIN:VCALENDAR\r\n"],
        [b""],
        [b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 200 + b"\r\n" + CALENDAR],
        [b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n" + CALENDAR],
        [answer(CALENDAR, "Content-Length: 4000")],
        [answer(b"zz\r\n" + CALENDAR, "Transfer-Encoding: chunked")],
        [answer(b"ff\r\n" + CALENDAR, "Transfer-Encoding: chunked")],
        [answer(b"-5\r\n" + CALENDAR, "Transfer-Encoding: chunked")],
        [sized(CALENDAR, "Content-Encoding: gzip")],
        [sized(gzip.compress(CALENDAR)[:-4], "Content-Encoding: gzip")],
        [sized(gzip.compress(CALENDAR) * 2, "Content-Encoding: gzip")],
        [sized(gzip.compress(gzip.compress(CALENDAR)), "Content-Encoding: gzip, gzip")],
        [sized(CALENDAR, "Content-Encoding: br")],
    ],
)
def test_an_answer_that_is_not_as_it_should_be_is_refused(pieces):
    with pytest.raises(FetchFailed):
        fetched(*pieces)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Hello</html>", b'{"a": 1}', b"x" * 2_000 + CALENDAR, b"\xff\xfe\x00"]
)
def test_what_is_no_calendar_is_not_given_out(body):
    with pytest.raises(NotACalendar):
        fetched(sized(body))


@pytest.mark.parametrize(
    "pieces",
    [
        [sized(CALENDAR.ljust(LARGEST_ANSWER + 1))],
        [answer(CALENDAR.ljust(LARGEST_ANSWER + 1))],
        [answer(CALENDAR.ljust(LARGEST_ANSWER + 1), f"Content-Length: {10**12}")],
        [chunked(CALENDAR.ljust(LARGEST_ANSWER), b"\n")],
        [sized(BOMB, "Content-Encoding: gzip")],
        [sized(gzip.compress(CALENDAR.ljust(LARGEST_ANSWER + 1)), "Content-Encoding: gzip")],
        [b"HTTP/1.1 100 Continue\r\n\r\n" * (LARGEST_ANSWER // 10)],
    ],
    ids=["sized", "to the end", "boasting", "chunked", "bomb", "just too large", "continue"],
)
def test_an_answer_that_is_too_large_is_refused(pieces):
    with pytest.raises(FetchTooLarge):
        fetched(*pieces)


def test_a_packed_answer_is_not_unpacked_into_memory():
    tracemalloc.start()
    with pytest.raises(FetchTooLarge):
        fetched(sized(BOMB, "Content-Encoding: gzip"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10 * LARGEST_ANSWER


def test_a_chunk_without_an_end_is_not_read_into_memory():
    endless = b"-1\r\n" + CALENDAR.ljust(3 * LARGEST_ANSWER)

    with pytest.raises(FetchTooLarge):
        fetched(answer(endless, "Transfer-Encoding: chunked"))


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 ", b"O"),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (answer(CALENDAR), b" "),
        (answer(CALENDAR, "Content-Length: 100000"), b" "),
        (answer(b"", "Transfer-Encoding: chunked"), b"1\r\n \r\n"),
    ],
    ids=["silent", "status", "header", "continue", "body", "sized body", "chunks"],
)
def test_a_server_that_drips_is_cut_off(head, drop):
    with serving(dripping(head, drop)) as server:
        started = time.monotonic()
        with pytest.raises(FetchTooSlow):
            server.fetch(seconds=LIMIT)
        waited = time.monotonic() - started

    assert waited < 2 * LIMIT


@pytest.mark.parametrize("address", [ADDRESS, "https://calendar.example/"])
def test_a_server_that_never_speaks_is_cut_off(address):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        internet = Outside(listening.getsockname()[1], {"calendar.example": [PUBLIC]})
        started = time.monotonic()
        with pytest.raises(FetchTooSlow):
            fetch_calendar(address, internet=internet, seconds=LIMIT)

    assert time.monotonic() - started < 2 * LIMIT


def test_a_name_that_takes_too_long_to_look_up_is_given_up():
    waiting = threading.Event()

    class Stuck(Internet):
        def addresses(self, host, port):
            waiting.wait(PATIENCE)
            return [PUBLIC]

    started = time.monotonic()
    with pytest.raises(FetchTooSlow):
        fetch_calendar(ADDRESS, internet=Stuck(), seconds=LIMIT)
    waited = time.monotonic() - started
    waiting.set()

    assert waited < 2 * LIMIT


def test_nothing_that_a_server_says_is_told():
    secret = "inner-secret"
    said = [
        sized(secret.encode(), f"X-Said: {secret}", status=f"500 {secret}"),
        sized(secret.encode(), f"Location: http://{secret}.example/", status=f"302 {secret}"),
        sized(secret.encode()),
        f"{secret}\r\n".encode(),
    ]

    for piece in said:
        with pytest.raises(CampaignError) as refused:
            fetched(piece)
        assert secret not in str(refused.value.sentence)
        assert secret not in str(refused.value.args)
