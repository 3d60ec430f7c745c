"""Photos that people send: read with limits, and written anew without anything but the picture."""

import io
from threading import Lock
from typing import Final

from PIL import Image, ImageOps

from campaign.errors import InvalidError
from campaign.languages import lazy_gettext as _

FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGEST_FILE: Final = 10_000_000  # bytes
LARGEST_PICTURE: Final = 25_000_000  # pixels: more than phones take unless they are told to
LONGEST_SIDE: Final = 1600  # pixels, of what is kept
QUALITY: Final = 82  # of JPEG, of 100
MOST_SCANS: Final = 40  # of a JPEG; a picture has some ten, and each is read in full
_SCAN: Final = b"\xff\xda"

# We measure a picture ourselves, before anything of it is unpacked.
Image.MAX_IMAGE_PIXELS = None
# One at a time in each process: an unpacked picture takes a hundred megabytes.
_one_at_a_time = Lock()


class PhotoUnreadableError(InvalidError):
    """A file is no picture that we can read, or too large a one."""


def clean(content: bytes) -> bytes:
    """Return a photo as a JPEG of its own: upright, small, without place, time or camera.

    Raises PhotoUnreadableError.
    """
    if len(content) > LARGEST_FILE:
        raise PhotoUnreadableError(
            _("This photo is too large: at most %(size)s megabytes, please.", size=10)
        )
    if content.count(_SCAN) > MOST_SCANS:
        raise _unreadable()
    try:
        with _one_at_a_time:
            return _rewritten(content)
    except InvalidError:
        raise
    except Exception as error:  # What its readers raise over a damaged file is written nowhere.
        raise _unreadable() from error


def _rewritten(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > LARGEST_PICTURE:
            raise PhotoUnreadableError(
                _("This photo has too many pixels: at most %(number)s million, please.", number=25)
            )
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # A JPEG is unpacked no larger than that.
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    # A new picture: what came along with the old one stays with it.
    picture = Image.new("RGB", upright.size, "white")
    picture.paste(upright, mask=upright.getchannel("A"))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _unreadable() -> PhotoUnreadableError:
    return PhotoUnreadableError(_("We cannot read this photo. Send a JPEG, PNG or WebP, please."))
