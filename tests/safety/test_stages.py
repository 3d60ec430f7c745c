"""Nobody reads more of a meeting point than their stage allows: everything is crawled as each.

An open event, a discreet one, and one that is somebody else's; each secret is a word that stands
nowhere else.
"""

import base64
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from campaign.calendars.services import open_secret_feed
from campaign.database import db
from campaign.events import services as events
from campaign.models import ContactRule, SecretFeedKind, Shift, ShiftKind, Signup
from campaign.resolutions.queries import calls_of, demands_of, find_campaign
from campaign.signups.queries import find_by_token, person_of
from campaign.signups.services.feeds import open_feed
from tests.accounts.entering import coordinator, give, organizer, signed_in
from tests.factories import command
from tests.safety.crawling import Crawl, addresses, read_rules, words_in
from tests.signups.making import RESOLUTION, SLUG, acting, confirm, event, mails, sign_up

SITES = """id,kind,name,organisation,country,city,latitude,longitude,timezone,precision,exists_now
alta,office,Bureau,Northern Power Company,NO,Alta,69.96887,23.27165,Europe/Oslo,city,yes
lulea,office,Grøndelhus Office,Northern Power,SE,Luleå,65.58415,22.15465,Europe/Stockholm,city,yes
turku,office,Toimisto,Northern Power Company,FI,Turku,60.45148,22.26869,Europe/Helsinki,city,yes
"""
DAY = "2005-05-14"
OPEN, DISCREET, OTHER = (f"{city}-{DAY}" for city in ("alta-no", "lulea-se", "turku-fi"))
# Each as it is typed, and the word of it that is looked for.
OPEN_STREET, OPEN_CORNER = "zwirnåquartz", "kolkrabenø"
SITE, STREET, CORNER = "grøndelhus", "fjellvåipe", "snøkrystall"
SECRETS = {OPEN_STREET, OPEN_CORNER, SITE, STREET, CORNER}
PEOPLE = {
    "heldine": OPEN,  # never confirms
    "konfirmine": OPEN,
    "heimlikke": DISCREET,
    "dunkeline": DISCREET,  # never confirms
}
LANGUAGES = ("en",)
# What no reader of these is answered, and why.
NOT_ANSWERED = {
    "accounts.sign_in_link": "needs a fresh link of the office, which shows nothing but a button",
    "operations.metrics": "not public",
    "signups.everywhere": "needs a link that only a mail of its own carries",
    "signups.new_address": "needs a link that only a mail of its own carries",
    "signups.testimony_photo": "needs a photo, and shows nothing else",
}  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Somebody who reads all there is to read."""

    name: str
    knows: frozenset[str] = frozenset()  # secrets and people
    later: frozenset[str] = frozenset()  # what comes to it at the corner's hour
    token: str = "made-up"
    signup: str = "made-up"  # its id
    secret: str = "made-up"


@pytest.fixture
def app(installation, tmp_path):
    """Give the app with three events, their places, and people who signed up."""
    made = installation.app
    (tmp_path / "resolution.txt").write_text(RESOLUTION, encoding="utf-8")
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    command(made, "create-campaign", SLUG, "--title", "Living rivers")
    text = str(tmp_path / "resolution.txt")
    command(made, "import-resolution", text, "--campaign", SLUG, "--title", "Declaration")
    command(made, "publish-resolution", SLUG)
    command(made, "import-sites", str(tmp_path / "sites.csv"), "--list", "offices")
    when = ["--on", DAY, "--at", "12:00", "--lasting", "90", "--publish"]
    every = [word for one in ("alta", "lulea", "turku") for word in ("--include", one)]
    command(made, "fan-out", f"{SLUG}/{DAY}", "--list", "offices", *when, *every)
    with acting(made):
        rule = {"is_discreet": True, "contact": ContactRule.REQUIRED}
        events.set_privacy(event(DISCREET), **rule)
        for slug in (OPEN, DISCREET, OTHER):
            job = events.ShiftWish(ShiftKind.MARSHAL, "Stewards", 2, None, None)
            events.add_shift(event(slug), job)
    for name, slug in PEOPLE.items():
        notes = {"notes": f"{name} brings tea", "access_needs": f"{name} needs a ramp"}
        sign_up(made, f"{name}@example.org", slug, name=f"{name.title()} <O'Neil> & Co", **notes)
    for name in ("konfirmine", "heimlikke"):
        confirm(made, token_of(made, name))
    with acting(made):
        hour = event(OPEN).starts_at - timedelta(hours=2)
        events.set_place(event(OPEN), f"{OPEN_STREET} & Sons' lane", f"the {OPEN_CORNER}", hour)
        events.set_place(event(DISCREET), f"{STREET} & Sons' lane", f"the {CORNER}", hour)
    return made


def token_of(app, name: str) -> str:
    """Return the token in the mail that waits for somebody."""
    found = [one["token"] for one in mails(app) if one["address"] == f"{name}@example.org"]
    return str(found[0])


def readers(app) -> list[Reader]:
    """Return everybody who reads without signing in."""
    found = [Reader("nobody")]
    own = {"heldine": ((), ()), "konfirmine": ((OPEN_STREET,), (OPEN_CORNER,)),
           "heimlikke": ((STREET,), (CORNER,)), "dunkeline": ((), ())}  # fmt: skip
    for name, (knows, later) in own.items():
        token = token_of(app, name)
        with acting(app):
            signup = find_by_token(token).id
        found.append(Reader(name, frozenset({name, *knows}), frozenset(later), token, signup))
    with acting(app):
        campaign_id = find_campaign(SLUG).id
    account = give(app, organizer(campaign_id), address="office@example.org").account_id
    with acting(app):
        secret = open_secret_feed(
            SecretFeedKind.ORGANIZER, account_id=account, campaign_id=campaign_id, language="en"
        )
        own_feed = open_feed(find_by_token(found[2].token), [], language="en")
        hidden_feed = open_feed(find_by_token(found[3].token), [], language="en")
    found.append(Reader("an organizer's feed", secret=secret))
    street, corner = frozenset({OPEN_STREET}), frozenset({OPEN_CORNER})
    found.append(Reader("a volunteer's feed", street, corner, secret=own_feed))
    found.append(Reader("a discreet volunteer's feed", secret=hidden_feed))
    return found


def known_values(app, reader: Reader) -> dict[str, list[object]]:
    """Return what can stand in an address."""
    with acting(app):
        campaign = find_campaign(SLUG)
        demands, calls = list(demands_of(campaign)), list(calls_of(campaign))
        return {
            "language": list(LANGUAGES),
            "campaign": [SLUG],
            "event": [OPEN, DISCREET, OTHER, "nowhere"],
            "city": ["alta-no", "lulea-se", "turku-fi"],
            "country": ["no", "se", "fi"],
            "demand": [one.slug for one in demands],
            "addressee": sorted({one.addressee.slug for one in demands}),
            "call": [one.slug for one in calls],
            "kind": ["ics", "atom"],
            "token": [reader.token],
            "signup": [reader.signup],
            "secret": [reader.secret],
            "feed": [1],
            "sheet": [1],
            "shift": [1],
            "testimony": ["made-up"],
        }


def crawl(app, client, reader: Reader) -> Crawl:
    """Read everything as somebody."""
    more = [f"/ko/{SLUG}/", f"/ko/{SLUG}/events/{OPEN}", f"/ko/{SLUG}/events/{DISCREET}",
            f"/en/{SLUG}/events/?on=never", f"/en/{SLUG}/nothing", "/sitemap.xml", "/robots.txt",
            f"/ko/sign-ups/{reader.token}", f"/{SLUG}/calendar.ics?lang=ko",
            f"/{SLUG}/search.ics?country=SE", f"/{SLUG}/events/{DISCREET}.ics?lang=ko"]  # fmt: skip
    return Crawl(app, client, LANGUAGES, also=frozenset(more)).follow(
        [*more, *addresses(app, known_values(app, reader))]
    )


def leaks(done: Crawl, hidden: set[str]) -> list[tuple[str, set[str]]]:
    """Return where words stand that are hidden."""
    found = [(path, words_in(answer, hidden)) for path, answer in done.answers.items()]
    return [one for one in found if one[1]]


def test_nobody_reads_more_than_their_stage_and_every_address_is_read(app, clock):
    everybody, crawls = readers(app), []
    with acting(app):
        campaign_id = find_campaign(SLUG).id
    elsewhere = signed_in(
        app, coordinator(campaign_id, country="FI"), address="elsewhere@example.org"
    )
    clients = [(one, app.test_client()) for one in everybody]
    clients.append((Reader("coordinator elsewhere"), elsewhere))
    found = []
    for is_later in (False, True):
        if is_later:
            clock.advance(timedelta(days=43, hours=2))
        for reader, client in clients:
            seen = reader.knows | (reader.later if is_later else frozenset())
            done = crawl(app, client, reader)
            found += [(reader.name, is_later, *one)
                      for one in leaks(done, (SECRETS | set(PEOPLE)) - seen)]  # fmt: skip
            crawls.append((reader, is_later, done))

    assert not found
    check_that_words_were_found(crawls)
    check_that_all_was_read(app, [done for _reader, _is_later, done in crawls])


def check_that_words_were_found(crawls: list[tuple[Reader, bool, Crawl]]) -> None:
    """What one may know is there: else the search would find nothing anywhere."""
    for reader, is_later, done in crawls:
        everything = b"\n".join(done.answers.values())
        seen = reader.knows | (reader.later if is_later else frozenset())
        assert words_in(everything, seen) == seen, (reader.name, is_later)


def check_that_all_was_read(app, crawls: list[Crawl]) -> None:
    """A page of a new kind is read as well, or it is said why not."""
    public = {
        rule.endpoint
        for rule in read_rules(app)
        if getattr(app.view_functions[rule.endpoint], "access", "") == "public"
    }
    office = {rule.endpoint for rule in read_rules(app)} - public
    answered = set().union(*(done.answered for done in crawls))
    asked = set().union(*(done.asked for done in crawls))

    assert public - answered == set(NOT_ANSWERED)
    assert office <= asked


def test_no_search_finds_what_it_does_not_show(app):
    client = app.test_client()
    pages = [f"/en/{SLUG}/events/?{name}=" for name in ("q", "near", "city", "language")]
    for path in (*pages, f"/{SLUG}/search.ics?q=", f"/{SLUG}/search.atom?q="):
        nothing = slugs_in(client.get(f"{path}unheard-of"))
        for word in SECRETS | set(PEOPLE):
            assert slugs_in(client.get(path + word)) == nothing, (path, word)


def test_a_coordinator_elsewhere_finds_nothing_by_a_hidden_word(app):
    with acting(app):
        campaign_id = find_campaign(SLUG).id
    client = signed_in(app, coordinator(campaign_id, country="FI"))
    for word in SECRETS | set(PEOPLE):
        assert not slugs_in(client.get(f"/en/organize/{SLUG}/?q={word}"))


def slugs_in(answer) -> set[str]:
    """Return the events that an answer names."""
    return {slug for slug in (OPEN, DISCREET, OTHER) if slug in answer.text}


def test_mails_say_what_their_reader_may_know(app, mailbox, clock):
    allowed = {"konfirmine": {OPEN_STREET}}
    for later in ({}, {"konfirmine": {OPEN_CORNER}}):
        for name, words in later.items():
            allowed[name] |= words
        if later:
            clock.advance(timedelta(days=43, hours=2))
        for _time in range(3):
            mailbox.deliver()
        for mail in mailbox.mails:
            name = str(mail["To"]).partition("@")[0]
            seen = {name} | allowed.get(name, set())
            found = words_in(mail.as_bytes(), (SECRETS | set(PEOPLE)) - seen)
            assert not found, (name, mail["Subject"], found)

    words = words_in(b"".join(one.as_bytes() for one in mailbox.to("konfirmine")), SECRETS)
    assert words == {OPEN_STREET, OPEN_CORNER}
    assert {str(one["To"]).partition("@")[0] for one in mailbox.mails} == set(PEOPLE)


WRITTEN = "<b>Grøndelhus & Sons</b>"


@pytest.mark.parametrize("content", [
    WRITTEN.encode(), b"Gr&oslash;ndelhus", b"Gr&#xf8;ndelhus", b"Gr%C3%B8ndelhus",
    b"Gr=C3=B8ndelhus", b"LOCATION:Gr\xc3\r\n \xb8ndel\r\n hus", rb'{"a": "Gr\u00f8ndelhus"}',
    b"x: " + base64.b64encode(b"a letter to " + WRITTEN.encode()), b"GR\xc3\x98NDELHUS",
    base64.encodebytes(b"a" * 61 + WRITTEN.encode()),
])  # fmt: skip
def test_a_word_is_found_however_it_is_written(content):
    assert words_in(content, {SITE, STREET}) == {SITE}


def test_the_readers_are_who_they_are_said_to_be(app):
    with acting(app):
        rows = {person_of(one).email.partition("@")[0]: one.status.value
                for one in db.session.query(Signup)}  # fmt: skip
        assert db.session.query(Shift).count() == 3

    assert rows == {"heldine": "held", "konfirmine": "confirmed", "heimlikke": "confirmed",
                    "dunkeline": "held"}  # fmt: skip
    assert re.fullmatch(r"[\w-]+", token_of(app, "heldine"))
