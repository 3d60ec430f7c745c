"""A client that costs little: keep-alive connections, driven by one loop, each answer timed."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

CONNECTIONS = 16
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    headers: dict[str, str]  # names in lower case; of two with one name the last
    body: bytes


@dataclass(frozen=True)
class Subject:
    """What is asked, and the status that says it was done."""

    name: str
    port: int
    requests: Iterator[bytes]
    floor: str  # name of the subject it is compared with
    status: int = 200


@dataclass(frozen=True)
class Speed:
    """How fast a subject answered."""

    milliseconds: float  # median of one connection
    per_second: float  # with many connections


def request(
    method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(port: int, content: bytes) -> Answer:
    """Ask once, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(content)
        received = b""
        while (answer := parse(received)) is None:
            if not (more := connection.recv(65536)):
                raise ConnectionError("The server hung up.")
            received += more
    return answer


def read_whole(port: int, content: bytes) -> int:
    """Read an answer until the server hangs up, as it comes; return how many bytes it had."""
    size = 0
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(content)
        first = connection.recv(65536)
        if not first.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"Answered {first[:40]!r}.")
        size += len(first)
        while more := connection.recv(1 << 20):
            size += len(more)
    return size


def measure(subject: Subject, seconds: float) -> Speed:
    """Measure one connection, then many, each for some seconds."""
    alone, _elapsed = drive(subject, 1, seconds)
    together, elapsed = drive(subject, CONNECTIONS, seconds)
    return Speed(median(alone) * 1000, len(together) / elapsed)


def drive(subject: Subject, connections: int, seconds: float) -> tuple[list[float], float]:
    """Keep connections busy for a while; return each answer's seconds, and the seconds in all."""
    times: list[float] = []
    start = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for _ in range(connections):
            line = _Line(subject, times.append)
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        while waiting.get_map():
            ready = waiting.select(ANSWER_SECONDS)
            if not ready:
                raise TimeoutError(f"{subject.name}: no answer for {ANSWER_SECONDS} seconds.")
            for key, _mask in ready:
                if not key.data.receive():
                    continue
                if time.perf_counter() - start < seconds:
                    key.data.send()
                else:
                    waiting.unregister(key.fileobj)
                    key.data.socket.close()
    return times, time.perf_counter() - start


class _Line:
    """One connection: a question at a time."""

    def __init__(self, subject: Subject, note: Callable[[float], None]) -> None:
        self.subject, self.note = subject, note
        self.received, self.sent_at = b"", 0.0
        self.socket = socket.create_connection(("127.0.0.1", subject.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        content = next(self.subject.requests)
        self.sent_at = time.perf_counter()
        self.socket.sendall(content)

    def receive(self) -> bool:
        """Take what has come; tell whether the answer is whole."""
        more = self.socket.recv(1 << 20)
        if not more:
            raise ConnectionError(f"{self.subject.name}: the server hung up.")
        self.received += more
        answer = parse(self.received)
        if answer is None:
            return False
        self.note(time.perf_counter() - self.sent_at)
        self.received = b""
        if answer.status != self.subject.status:
            raise RuntimeError(f"{self.subject.name}: answered {answer.status}.")
        return True


def parse(received: bytes) -> Answer | None:
    """Return the answer, or None as long as it is not whole."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    length = 0 if status == 304 else int(headers["content-length"])
    return Answer(status, headers, body) if len(body) >= length else None
