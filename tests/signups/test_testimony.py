"""A word or a photo after an event: sealed, the bare picture, for its owner alone."""

import io
import re
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from campaign import models
from campaign.database import db
from campaign.models import EventStatus
from campaign.signups import photos
from tests.signups.making import (
    LULEA,
    acting,
    cancel,
    confirm,
    set_up,
    sign_up,
    tokens,
)
from tests.signups.test_views import has

START = datetime(2005, 5, 14, 10, tzinfo=UTC)
GONE = datetime(2005, 5, 28, 11, 30, tzinfo=UTC)
SECRET = b"Strandgata 12, kept nowhere"


@pytest.fixture
def token(app, clock):
    """Give the token of Kari, who has confirmed, when the event begins."""
    sign_up(app)
    (token,) = tokens(app)
    confirm(app, token)
    clock.moment = START
    return token


def page(token: str) -> str:
    return f"/en/sign-ups/{token}"


def shown(client, token: str):
    return client.get(page(token), follow_redirects=True)


def picture(kind: str = "JPEG", size=(40, 20), mode: str = "RGB", **more) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "gold").save(written, kind, **more)
    return written.getvalue()


def with_places(orientation: int = 1) -> bytes:
    """A photo that says where, when and by which device it was taken, and is to be turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, SECRET.decode(), SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes(), comment=SECRET, icc_profile=SECRET, xmp=SECRET)


def leave(client, token: str, photo: bytes | None = None, **typed: str):
    files = {"photo": FileStorage(io.BytesIO(photo), "photo.jpg")} if photo is not None else {}
    mark, body = encode_multipart({**typed, **files})  # In memory, or a file would be left open.
    kind = f"multipart/form-data; boundary={mark}"
    return client.post(f"{page(token)}/testimonies", data=body, content_type=kind)


def left(app) -> list[models.Testimony]:
    with acting(app):
        found = list(db.session.scalars(sa.select(models.Testimony)))
        db.session.expunge_all()
        return found


# --- When and by whom ----------------------------------------------------------------------


def test_a_word_can_be_left_from_the_start_until_all_is_deleted(app, client, clock, token):
    for moment, number in (
        (START - timedelta(seconds=1), 0),
        (START, 1),
        (GONE - timedelta(seconds=1), 2),
        (GONE, 2),
    ):
        clock.moment = moment
        has_form = 'enctype="multipart/form-data"' in shown(client, token).text
        before = len(left(app))

        leave(client, token, words="We sang.")

        assert (len(left(app)), len(left(app)) > before) == (number, has_form)


def test_only_who_was_to_come_can_leave_one(app, client, token):
    sign_up(app, "ola@example.org")
    ola = tokens(app)[-1]
    cancel(app, token)

    answers = [leave(client, one, words="We sang.") for one in (token, ola)]

    assert [one.status_code for one in answers] == [303, 303]
    assert left(app) == []


def test_of_what_was_called_off_there_is_nothing_to_tell(app, client, token):
    set_up(app, status=EventStatus.CANCELLED)

    leave(client, token, words="We sang.")

    assert left(app) == []


# --- What is kept --------------------------------------------------------------------------


def test_it_is_sealed_and_shown_to_its_owner(app, client, token):
    answer = leave(client, token, with_places(), words="We sang.\r\nAll of us.", may_be_shown="y")

    (kept,) = left(app)
    own = shown(client, token)
    photo = re.search(r'src="(/[^"]+\.jpg)"', own.text)[1]
    sent = client.get(photo)
    assert (answer.status_code, answer.location.endswith("#testimony")) == (303, True)
    assert (kept.may_be_shown, b"sang" in kept.contents) == (True, False)
    assert "We sang.\nAll of us." in own.text
    assert has("Everybody may see it.", own)
    assert (sent.content_type, sent.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert Image.open(io.BytesIO(sent.data)).size == (40, 20)
    assert app.test_client().get(photo).status_code == 404


def test_without_the_tick_only_organizers_may_see_it(app, client, token):
    leave(client, token, words="We sang.")

    assert left(app)[0].may_be_shown is False
    assert has("Only the organizers may see it.", shown(client, token))


def test_it_can_be_withdrawn_by_its_owner_alone(app, client, token):
    leave(client, token, words="We sang.")
    (kept,) = left(app)

    path = f"/testimonies/{kept.id}/withdraw"
    sign_up(app, "ola@example.org", LULEA)
    elsewhere = app.test_client().post(page(tokens(app)[-1]) + path)
    gone = client.post(page(token) + path)

    assert (elsewhere.status_code, gone.status_code) == (404, 303)
    assert left(app) == []
    assert client.post(page(token) + path).status_code == 404


def test_five_can_be_left_and_no_more(app, client, token):
    answers = [leave(client, token, words=f"{number}").status_code for number in range(6)]

    assert answers == [303] * 5 + [409]


@pytest.mark.parametrize(
    ("typed", "photo", "words"),
    [
        ({}, None, "Write a word, or choose a photo, please."),
        ({"words": " \u200b "}, None, "Write a word, or choose a photo, please."),
        ({"words": "x" * 2001}, None, "at most 2000 characters"),
        ({"words": "x"}, b"words", "We cannot read this photo."),
        ({}, b"GIF89a" + bytes(50), "We cannot read this photo."),
    ],
)
def test_what_cannot_be_kept_is_refused_in_plain_words(app, client, token, typed, photo, words):
    answer = leave(client, token, photo, **typed)

    assert answer.status_code == 422
    assert has(words, answer)
    assert left(app) == []


def test_a_word_of_the_longest_length_with_a_photo_is_kept(app, client, token):
    assert leave(client, token, picture(), words="김" * 2000).status_code == 303


@pytest.mark.parametrize("extra", [0, 1_000_000])
def test_a_file_that_is_too_large_is_refused_in_plain_words(app, client, token, extra):
    answer = leave(client, token, bytes(photos.LARGEST_FILE + 1 + extra))

    assert answer.status_code in (413, 422)
    assert has("This photo is too large: at most 10 megabytes, please.", answer)
    assert left(app) == []


def test_a_photo_larger_than_other_requests_is_taken(app, client, token):
    large = picture() + bytes(9_000_000)

    assert leave(client, token, large).status_code == 303
    assert len(left(app)[0].contents) < 10_000


def test_no_photo_touches_the_disk_on_its_way(app, client, token, monkeypatch):
    def refuse(*_about, **_more):
        raise AssertionError("a file was made")

    monkeypatch.setattr("werkzeug.formparser.default_stream_factory", refuse)
    monkeypatch.setattr("werkzeug.wrappers.request.default_stream_factory", refuse)

    assert leave(client, token, picture() + bytes(2_000_000)).status_code == 303


# --- Photos --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_of_each_kind_become_jpegs(kind):
    found = Image.open(io.BytesIO(photos.clean(picture(kind))))

    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (40, 20))


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK", "I;16"])
def test_photos_of_each_kind_of_colour_are_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    written = io.BytesIO()
    Image.new(mode, (4, 4)).save(written, kind)

    assert Image.open(io.BytesIO(photos.clean(written.getvalue()))).mode == "RGB"


def test_nothing_but_the_picture_is_left():
    given = with_places()

    cleaned = photos.clean(given)

    found = Image.open(io.BytesIO(cleaned))
    assert SECRET in given
    assert SECRET not in cleaned
    assert not dict(found.getexif())
    assert found.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_what_is_transparent_becomes_white():
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")

    assert Image.open(io.BytesIO(photos.clean(written.getvalue()))).getpixel((1, 1)) > (250,) * 3


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40))])
def test_a_photo_stands_upright(orientation, size):
    assert Image.open(io.BytesIO(photos.clean(with_places(orientation)))).size == size


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_photo_becomes_small(kind):
    assert Image.open(io.BytesIO(photos.clean(picture(kind, (3200, 800))))).size == (1600, 400)


def bomb(width: int, height: int) -> bytes:
    """A picture of a few bytes that would unpack to very many."""

    def chunk(name: bytes, content: bytes) -> bytes:
        length, check = len(content), zlib.crc32(name + content)
        return struct.pack(">I", length) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("size", [(5001, 5000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_with_too_many_pixels_is_not_unpacked(monkeypatch, size):
    monkeypatch.setattr(Image.Image, "load", None)

    with pytest.raises(photos.PhotoUnreadableError) as refusal:
        photos.clean(bomb(*size))

    assert "too many pixels" in str(refusal.value.sentence)


def test_a_jpeg_that_would_be_read_a_thousand_times_is_not_read_once(monkeypatch):
    scans = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 1000
    given = picture(progressive=True)

    photos.clean(given)
    monkeypatch.setattr(Image, "open", lambda *_file, **_more: pytest.fail("It was opened."))
    with pytest.raises(photos.PhotoUnreadableError):
        photos.clean(given[:-2] + scans + given[-2:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_files_are_refused_or_read_but_never_a_failure(kind):
    given = with_places() if kind == "JPEG" else picture(kind)
    for at in range(0, len(given), 3):
        for damaged in (given[:at], given[:at] + b"\xff\x00\x80" + given[at + 3 :]):
            try:
                cleaned = photos.clean(damaged)
            except photos.PhotoUnreadableError:
                continue
            assert cleaned.startswith(b"\xff\xd8")
