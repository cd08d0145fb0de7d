"""Images that come back from an export: kept byte for byte when they are as we write them, else made anew."""

import io
from collections.abc import Iterator

from django.core.files.base import ContentFile
from PIL import Image as Pillow

from portal.education import images
from portal.education.models import Image

PNG = b"\x89PNG\r\n\x1a\n"
# Pixels and what is needed to read them. Everything else could tell of the camera or the person.
PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
WEBP_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


def take_back(image: Image, data: bytes) -> None:
    """Give a new Image its file; raise ValidationError when it is no image."""
    kind = bare_kind(data)
    if kind is None:
        images.keep(image, images.prepare(ContentFile(data)))
        return
    picture = images.upright(data)
    images.keep(image, images.Prepared(data, picture.size, kind))


def bare_kind(data: bytes) -> str | None:
    """Return webp or png when a file holds pixels alone and no more of them than pages show."""
    if data.startswith(PNG) and set(png_parts(data)) <= PNG_PARTS and data.endswith(b"IEND\xaeB`\x82"):
        kind = "png"
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP" and set(webp_parts(data)) <= WEBP_PARTS:
        kind = "webp"
    else:
        return None
    return kind if fits(data) else None


def png_parts(data: bytes) -> Iterator[bytes]:
    place = len(PNG)
    while place < len(data):
        yield data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")


def webp_parts(data: bytes) -> Iterator[bytes]:
    place = 12
    while place < len(data):
        yield data[place : place + 4]
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + size + size % 2


def fits(data: bytes) -> bool:
    try:
        with Pillow.open(io.BytesIO(data), formats=("PNG", "WEBP")) as picture:
            return all(side <= most for side, most in zip(picture.size, images.LARGEST_SHOWN, strict=True))
    except Exception:  # Damaged: preparing it anew says what is wrong.
        return False
