"""Reports of mail servers: what says for good that a mail was not delivered, and what does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.emails.inbound.bounces import UNKNOWN, final_failure
from campaign.emails.inbound.bounds import LARGEST_MAIL, MOST_LINES, MOST_PARTS

REPORTS = Path(__file__).parent / "reports"
FINAL = {
    "an-old-server": UNKNOWN,
    "exchange": "5.1.10",
    "exim": "5.0.0",
    "exim-in-words": UNKNOWN,
    "gmail": "5.1.1",
    "postfix": "5.1.1",
    "postfix-after-days": "4.4.1",
    "postfix-international": "5.1.1",
    "qmail": "5.1.1",
    "rewrapped-by-a-list": "5.1.1",
    "two-recipients-of-an-alias": "5.1.1",
    "without-a-status": UNKNOWN,
    "without-an-action": "5.1.1",
}
OTHER = sorted(path.stem for path in (REPORTS / "other").glob("*.eml"))
ENDINGS = {"LF": b"\n", "CRLF": b"\r\n"}


def report(kind: str, name: str, ending: bytes = b"\n") -> bytes:
    content = (REPORTS / kind / f"{name}.eml").read_bytes()
    return content.replace(b"\n", ending)


def test_every_report_is_looked_at():
    assert sorted(path.stem for path in (REPORTS / "final").glob("*.eml")) == sorted(FINAL)
    assert len(OTHER) == 11


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("name", FINAL)
def test_a_server_that_gave_up_says_why_in_a_code(name, ending):
    assert final_failure(report("final", name, ending)) == FINAL[name]


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("name", OTHER)
def test_delays_successes_and_people_who_are_away_are_no_failure(name, ending):
    assert final_failure(report("other", name, ending)) is None


def test_the_line_that_a_pipe_puts_in_front_is_no_obstacle():
    piped = b"From MAILER-DAEMON  Thu Apr 21 09:00:02 2005\n" + report("final", "postfix")

    assert final_failure(piped) == "5.1.1"


@pytest.mark.parametrize("code", ["5", "5.1", "5.1.1.1", "5.1.1234", "6.1.1", "x", "5.1.1\x00;--"])
def test_a_code_that_is_none_is_not_repeated(code):
    changed = report("final", "postfix").replace(b"Status: 5.1.1", b"Status: " + code.encode())

    assert final_failure(changed) in {UNKNOWN, "5.1.1"}


def nested(depth: int, kind: bytes = b"mixed") -> bytes:
    levels = (
        b"Content-Type: multipart/%b; boundary=b%d\r\n\r\n--b%d\r\n" % (kind, level, level)
        for level in range(depth)
    )
    return b"".join(levels)


STATUS = b"Content-Type: message/delivery-status\r\n\r\n"
HOSTILE = {
    "nothing": b"",
    "only zeros": b"\0" * 10_000,
    "too large": b"From: postmaster@example.net\r\n\r\n5.1.1" + b"a" * LARGEST_MAIL,
    "levels": nested(20_000)[:LARGEST_MAIL],
    "as many levels as are read": nested(MOST_PARTS - 1) + b"a\r\n" * 18_000,
    "groups": STATUS + b"Action: delayed\r\n\r\n" * (MOST_LINES // 2 - 100),
    "one long group": STATUS + b"Action: " + b"x" * 500_000,
    "global groups": STATUS.replace(b"message/", b"message/global-") + b"a: b\r\n\r\n" * 9_000,
    "blanks": b"From: postmaster@x\r\nSubject: " + b" delay" * 80_000 + b"\r\n\r\n",
    "dots": b"From: postmaster@x\r\n\r\n" + b"5.1." * 120_000,
    "dashes": b"From: postmaster@x\r\n\r\n" + b"- " * 250_000,
    "a transfer encoding": b"Content-Transfer-Encoding: base64\r\n" + STATUS + b"/" * 400_000,
    "a strange charset": b"From: postmaster@x\r\nContent-Type: text/plain; charset=zlib\r\n\r\n5.1",
    "its parts are text": b"Content-Type: multipart/report; boundary=x\r\n\r\n5.1.1",
}


@pytest.mark.timeout(30)  # A quadratic reading takes minutes.
@pytest.mark.parametrize("mail", HOSTILE.values(), ids=HOSTILE)
def test_what_means_harm_is_no_failure_and_is_read_in_no_time(mail):
    assert final_failure(mail) is None


@given(st.data())
def test_a_report_with_any_damage_is_read_or_not_and_never_fails(data):
    content = report("final", data.draw(st.sampled_from(sorted(FINAL))))
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(begin + 200, len(content))))

    status = final_failure(content[:begin] + data.draw(st.binary(max_size=50)) + content[end:])

    assert status is None or (status[0] in "245" and status.count(".") == 2)
