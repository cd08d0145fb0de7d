"""Uploads: what is taken, what is refused and why, and that nothing of the file that came is kept."""

import io
import random
import shutil
import tempfile
import zlib

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, override_settings
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms, ImageDraw, PngImagePlugin

from portal.education import images
from portal.education.models import Image
from tests.base import ClinicTestCase


def noise(size=(300, 200), mode="RGB"):
    """A photo as far as an encoder can tell."""
    bands = len(Pillow.new(mode, (1, 1)).getbands())
    return Pillow.frombytes(mode, size, random.Random(1).randbytes(size[0] * size[1] * bands))


def line_art(size=(600, 400)):
    picture = Pillow.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for x in range(20, size[0], 40):
        draw.line((x, 20, size[0] - x, size[1] - 20), fill="black", width=2)
    return picture


def saved(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def upload(data, name="photo.jpg", claimed="image/jpeg"):
    return SimpleUploadedFile(name, data, claimed)


def opened(prepared):
    prepared.seek(0)
    return Pillow.open(io.BytesIO(prepared.read()))


def gps_jpeg():
    exif = Pillow.Exif()
    exif[0x010F] = "SecretCam"
    exif[0x0112] = 6  # held upright: the stored picture lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (41.0, 52.0, 30.0)
    xmp = b"<x:xmpmeta>SecretXmp</x:xmpmeta>"
    return saved(noise((300, 200)), "JPEG", exif=exif, comment=b"SecretComment", xmp=xmp)


def giant_png(width=20_000, height=20_000):
    """A few bytes that claim 400 million pixels."""

    def chunk(kind, body):
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = [
    ("web page under an image's name", b"<!doctype html><script>alert(1)</script>", "web page"),
    ("web page with a byte order mark", b"\xef\xbb\xbf<html><body onload=alert(1)>", "web page"),
    ("SVG", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "SVG"),
    ("GIF", saved(Pillow.new("P", (9, 9)), "GIF"), "GIF"),
    ("GIF that is JavaScript too", b"GIF89a/*\0\0*/=1;alert(1)", "GIF"),
    ("BMP", saved(noise((9, 9)), "BMP"), "BMP"),
    ("TIFF", saved(noise((9, 9)), "TIFF"), "TIFF"),
    ("PDF", b"%PDF-1.7\n1 0 obj<</Encrypt 2 0 R>>endobj", "PDF"),
    ("program", b"MZ\x90\0" + b"\0" * 200, "program"),
    ("macro document", b"PK\x03\x04" + b"word/vbaProject.bin", "office document"),
    ("HEIC photo", b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
    ("PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ("text", b"hello", "not an image"),
    ("cut JPEG", saved(noise(), "JPEG")[:2000], "damaged"),
    ("cut PNG", saved(noise(), "PNG")[:2000], "damaged"),
    ("cut WebP", saved(noise(), "WEBP")[:2000], "damaged"),
    ("head of a JPEG alone", b"\xff\xd8\xff\xe0" + b"\0" * 40, "not an image"),
    ("decompression bomb", giant_png(), "40 million"),
    ("just too many pixels", giant_png(8001, 5000), "40 million"),
]  # fmt: skip


class PrepareTests(SimpleTestCase):
    def refused(self, data, **kwargs):
        with self.assertRaises(ValidationError) as caught:
            images.prepare(upload(data, **kwargs))
        return caught.exception.messages[0]

    def test_what_is_no_image_is_refused_and_named(self):
        for what, data, word in HOSTILE:
            with self.subTest(what):
                message = self.refused(data)
                self.assertIn(word, message)
                self.assertIn("JPEG, PNG or WebP", message)

    def test_moving_images_are_refused(self):
        frames = [noise((20, 20)), noise((20, 20)).rotate(90)]
        for kind in ("PNG", "WEBP"):
            with self.subTest(kind):
                moving = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
                self.assertIn("moves", self.refused(moving))

    def test_the_limit_of_size_is_exact(self):
        sound = saved(noise((30, 30)), "PNG")
        full = sound + b"\0" * (images.LARGEST_BYTES - len(sound))
        self.assertEqual(images.prepare(upload(full)).width, 30)
        self.assertIn("larger than 8 MB", self.refused(full + b"\0"))

    def test_the_limit_of_pixels_is_exact(self):
        flat = Pillow.new("1", (8000, 5000), 1)
        self.assertEqual(images.prepare(upload(saved(flat))).width, 1200)

    def test_a_name_and_a_claimed_type_do_not_count(self):
        for name in ("page.html", "../../x.svg", "con.pdf", "fdp\u202egpj.exe", "x" * 300 + ".php"):
            with self.subTest(name):
                prepared = images.prepare(upload(saved(noise(), "JPEG"), name, "text/html"))
                self.assertRegex(prepared.name, r"\A[0-9a-f]{32}\.webp\Z")

    def test_every_accepted_kind_comes_out_the_size_it_was(self):
        for kind in ("JPEG", "PNG", "WEBP"):
            with self.subTest(kind):
                prepared = images.prepare(upload(saved(noise((300, 200)), kind)))
                self.assertEqual((prepared.width, prepared.height), (300, 200))
                self.assertEqual(opened(prepared).size, (300, 200))

    def test_the_camera_s_data_are_gone_and_the_picture_stands_upright(self):
        sent = gps_jpeg()
        for secret in (b"SecretCam", b"SecretComment", b"SecretXmp"):
            self.assertIn(secret, sent)
        prepared = images.prepare(upload(sent))
        self.assertEqual((prepared.width, prepared.height), (200, 300))
        kept = opened(prepared)
        self.assertEqual(dict(kept.getexif()), {})
        self.assertLessEqual(set(kept.info), {"loop", "background", "timestamp", "duration"})
        for secret in (b"Secret", b"Exif", b"EXIF", b"ICCP", b"XMP"):
            self.assertNotIn(secret, prepared.file.getvalue())

    def test_notes_in_a_png_are_gone(self):
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", "SecretName")
        notes.add_itxt("XML:com.adobe.xmp", "SecretXmp")
        prepared = images.prepare(upload(saved(line_art(), "PNG", pnginfo=notes, dpi=(300, 300))))
        self.assertEqual(prepared.extension, "png")
        self.assertNotIn(b"Secret", prepared.file.getvalue())
        self.assertEqual(opened(prepared).info, {})

    def test_what_stands_behind_the_picture_is_cut(self):
        script = b"<script>alert(1)</script>"
        for kind in ("JPEG", "PNG"):
            for polyglot in (saved(noise(), kind) + script, saved(noise(), kind) + b"PK\x03\x04" + script):
                with self.subTest(kind):
                    self.assertNotIn(b"script", images.prepare(upload(polyglot)).file.getvalue())

    def test_large_pictures_shrink_and_small_ones_do_not_grow(self):
        cases = [((3000, 1500), (1200, 600)), ((1500, 4000), (600, 1600)), ((40, 30), (40, 30))]
        for size, shown in cases:
            with self.subTest(size):
                prepared = images.prepare(upload(saved(Pillow.new("RGB", size, "teal"), "JPEG")))
                self.assertEqual((prepared.width, prepared.height), shown)

    def test_a_photo_becomes_webp_and_line_art_stays_exact(self):
        self.assertEqual(images.prepare(upload(saved(noise(), "PNG"))).extension, "webp")
        kept = images.prepare(upload(saved(line_art(), "PNG")))
        self.assertEqual(kept.extension, "png")
        self.assertEqual(opened(kept).convert("RGB").tobytes(), line_art().tobytes())

    def test_colours_mean_the_same_without_their_profile(self):
        swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        for profile in (srgb, swapped, b"no profile at all"):
            with self.subTest(profile[:12]):
                sent = saved(Pillow.new("RGB", (64, 64), (200, 40, 40)), "PNG", icc_profile=profile)
                red, green, blue = opened(images.prepare(upload(sent))).convert("RGB").getpixel((30, 30))
                self.assertTrue(abs(red - 200) < 6 and abs(green - 40) < 6 and abs(blue - 40) < 6)

    def test_every_mode_is_read(self):
        grey16 = Pillow.frombytes("I;16", (50, 50), b"\xff\x7f" * 2500)
        cmyk = saved(noise((50, 50), "CMYK"), "JPEG")
        seen_through = noise((50, 50), "RGBA")
        palette = noise((50, 50)).quantize(16)
        palette_through = saved(palette, "PNG", transparency=0)
        for what, data in [
            ("grey", saved(noise((50, 50), "L"))), ("grey with alpha", saved(noise((50, 50), "LA"))),
            ("one bit", saved(Pillow.new("1", (50, 50)))), ("palette", saved(palette)),
            ("16 bit", saved(grey16)), ("print colours", cmyk), ("palette, clear", palette_through),
            ("alpha", saved(seen_through)),
        ]:  # fmt: skip
            with self.subTest(what):
                self.assertEqual(images.prepare(upload(data)).width, 50)
        self.assertEqual(opened(images.prepare(upload(saved(seen_through)))).mode, "RGBA")
        self.assertAlmostEqual(
            opened(images.prepare(upload(saved(grey16)))).getpixel((9, 9))[0], 127, delta=3
        )

    def test_a_photo_with_a_second_picture_in_it_gives_the_first(self):
        first, second = noise((60, 40)), Pillow.new("RGB", (30, 20), "red")
        prepared = images.prepare(upload(saved(first, "MPO", save_all=True, append_images=[second])))
        self.assertEqual((prepared.width, prepared.height), (60, 40))

    def test_the_form_field_gives_a_prepared_image(self):
        field = images.ImageUploadField()
        self.assertIsInstance(field.clean(upload(saved(noise()), "x" * 300 + ".png")), images.Prepared)
        with self.assertRaisesMessage(ValidationError, "SVG"):
            field.clean(upload(b"<svg/>", "photo.png", "image/png"))
        with self.assertRaises(ValidationError):
            field.clean(upload(b""))


def address(ref):
    return reverse("education:media", kwargs={"ref": ref})


class StoreTests(ClinicTestCase):
    WORDS = {"title": "A pump", "alt_en": "A round pump", "alt_es": "Una bomba redonda"}

    def setUp(self):
        self.var = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.var)
        store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": self.var}}
        static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings = override_settings(STORAGES={"default": store, "staticfiles": static})
        settings.enable()
        self.addCleanup(settings.disable)

    def stored(self, **words):
        file = upload(saved(noise(), "JPEG"), "../../etc/Rosa Villanueva.php")
        return images.store(file, by=self.edie, **{**self.WORDS, **words})

    def test_a_file_is_named_by_its_ref_alone(self):
        image = self.stored()
        self.assertEqual(image.file.name, f"education/{image.ref.hex}.webp")
        self.assertEqual((image.width, image.height, image.added_by), (300, 200, self.edie))

    def test_both_alternatives_are_required_and_nothing_is_left_behind(self):
        with self.assertRaises(ValidationError):
            self.stored(alt_es="")
        self.assertEqual(Image.objects.count(), 0)
        self.assertEqual(Image._meta.get_field("file").storage.listdir("")[0], [])

    def test_anyone_reads_it_under_its_true_type(self):
        image = self.stored()
        with self.assertNumQueries(1):
            answer = self.client.get(address(image.ref))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer["Content-Type"], "image/webp")
        self.assertEqual(answer["X-Content-Type-Options"], "nosniff")
        self.assertIn("immutable", answer["Cache-Control"])
        self.assertFalse(answer.cookies)
        self.assertNotIn("Cookie", answer.get("Vary", ""))
        self.assertEqual(Pillow.open(io.BytesIO(b"".join(answer.streaming_content))).size, (300, 200))

    def test_what_is_not_there_is_404(self):
        image = self.stored()
        image.file.storage.delete(image.file.name)
        other = "00000000-0000-4000-8000-000000000000"
        for ref in (image.ref, other):
            self.assertEqual(self.client.get(address(ref)).status_code, 404)

    def test_a_file_of_another_kind_is_never_sent(self):
        image = self.stored()
        Image.objects.filter(pk=image.pk).update(file="education/page.html")
        self.assertEqual(self.client.get(address(image.ref)).status_code, 404)
