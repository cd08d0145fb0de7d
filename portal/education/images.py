"""Uploaded images: told apart by what is in them, re-encoded without what the camera wrote, named by us.

Nothing of the file that came is kept: not its name, not its bytes, not what stands behind its last pixel.
"""

import io
import uuid
import warnings
from typing import NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from portal.education.models import Image

LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
LARGEST_SHOWN = (1200, 1600)
WEBP_QUALITY = 82
FEW_COLOURS = 256
FORMATS = ("JPEG", "PNG", "WEBP")
TYPES = {"webp": "image/webp", "png": "image/png"}
# What people send by mistake, so that they can be told; Pillow alone decides what is taken.
BEGINNINGS = (
    (b"%PDF", gettext_lazy("This is a PDF document.")),
    (b"GIF8", gettext_lazy("This is a GIF.")),
    (b"MZ", gettext_lazy("This is a program.")),
    (b"PK", gettext_lazy("This is a ZIP file or an office document.")),
    (b"II*\0", gettext_lazy("This is a TIFF.")),
    (b"MM\0*", gettext_lazy("This is a TIFF.")),
    (b"BM", gettext_lazy("This is a BMP.")),
)
LOOKED_AT = 1024


class Prepared(ContentFile):
    """An image ready to be stored: its bytes, what it measures and a name that says nothing."""

    def __init__(self, content: bytes, size: tuple[int, int], extension: str):
        super().__init__(content, name=f"{uuid.uuid4().hex}.{extension}")
        self.width, self.height = size
        self.extension = extension


class ImageUploadField(forms.FileField):
    """A form field whose cleaned value is a Prepared image; `keep` puts it on an Image row."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", gettext_lazy("JPEG, PNG or WebP, up to 8 MB."))
        super().__init__(**kwargs)

    def to_python(self, data):
        file = super().to_python(data)
        return prepare(file) if file else None


def store(file: File, *, title: str, alt_en: str, alt_es: str, by) -> Image:
    """Check and store an uploaded image; raise ValidationError with what is wrong."""
    image = Image(title=title, alt_en=alt_en, alt_es=alt_es, added_by=by)
    keep(image, prepare(file))
    image.full_clean()
    image.save()
    return image


def keep(image: Image, prepared: Prepared) -> None:
    """Give a new Image its file. Versions and caches rely on an image never changing: replace it by a new one."""
    prepared.name = f"{image.ref.hex}.{prepared.extension}"
    image.file = prepared
    image.width, image.height = prepared.width, prepared.height


def prepare(file: File) -> Prepared:
    """Return the picture in a file upright, in sRGB, no larger than pages show it and without metadata."""
    file.seek(0)
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        refuse(_("The file is larger than 8 MB."))
    picture = upright(data)
    picture = in_srgb(picture)
    picture.thumbnail(LARGEST_SHOWN, Pillow.Resampling.LANCZOS)
    picture = bare(picture)
    return Prepared(*encoded(picture))


def refuse(sentence: str) -> NoReturn:
    accepted = _("A JPEG, PNG or WebP image up to 8 MB is accepted.")
    raise ValidationError(f"{sentence} {accepted}", code="invalid_image")


def upright(data: bytes) -> Pillow.Image:
    """Read every pixel and turn the picture the way the camera was held."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is refused below, and of odd EXIF data.
            picture = Pillow.open(io.BytesIO(data), formats=FORMATS)
            check_size(picture)
            picture.load()
            return turned(picture)
    except ValidationError:
        raise
    except Pillow.UnidentifiedImageError:
        refuse(what_it_is(data))
    except Pillow.DecompressionBombError:
        refuse(too_many_pixels())
    except Exception:  # A damaged file breaks decoders in every way there is.
        refuse(_("The image is damaged or breaks off before its end. Save it again and choose the new file."))


def check_size(picture: Pillow.Image) -> None:
    """Refuse what would fill the memory, before a pixel is decoded."""
    if picture.width * picture.height > LARGEST_PIXELS:
        refuse(too_many_pixels())
    # A JPEG with several pictures is a photo with a depth map or a preview: the first one counts.
    if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        refuse(_("This image moves. Choose a still image."))


def too_many_pixels() -> str:
    return _("The image has more than 40 million pixels. Make it smaller; pages show it 1,200 pixels wide.")


def turned(picture: Pillow.Image) -> Pillow.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # Broken camera data: the picture itself is sound, so it stands as it was stored.
        return picture


def what_it_is(data: bytes) -> str:
    """Say what a file is that is no image we take, as far as its beginning tells."""
    start = data[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return _("This is an SVG drawing, which can carry programs.")
    if start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return _("This is a web page or another text, not an image.")
    if data[4:8] == b"ftyp":
        return _("This is a HEIC photo, an AVIF image or a video. Export it as JPEG.")
    found = [sentence for beginning, sentence in BEGINNINGS if data.startswith(beginning)]
    return (
        str(found[0]) if found else _("This file is not an image that can be read, whatever its name says.")
    )


def in_srgb(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture as plain RGB or RGBA: colours mean the same once its profile is gone."""
    profile = picture.info.get("icc_profile")
    target = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode.startswith("I"):
        picture = picture.point(
            lambda value: value / 256, "L"
        )  # 16 bits a pixel: convert() would cut them off
    elif picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        picture = picture.convert(target)
    if profile:
        picture = without_profile(picture, profile, target)
    return picture if picture.mode == target else picture.convert(target)


def without_profile(picture: Pillow.Image, profile: bytes, target: str) -> Pillow.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # A profile that does not fit its picture says nothing about its colours.


def bare(picture: Pillow.Image) -> Pillow.Image:
    """Return the pixels alone: encoders write whatever else a picture carries."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    pixels = Pillow.new(picture.mode, picture.size)
    pixels.paste(picture)
    return pixels


def encoded(picture: Pillow.Image) -> tuple[bytes, tuple[int, int], str]:
    """Return the smaller of WebP and, for line art, lossless PNG."""
    content, extension = written(picture, "WEBP", quality=WEBP_QUALITY, method=6), "webp"
    if picture.getcolors(FEW_COLOURS):
        lossless = written(picture, "PNG", optimize=True)
        if len(lossless) <= len(content):
            content, extension = lossless, "png"
    return content, picture.size, extension


def written(picture: Pillow.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
