"""The labelled drawings: whole, described in words, translated, light, and none in the way of another."""

import re
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.template.loader import render_to_string
from django.test import SimpleTestCase
from PIL import Image

from portal.education.drawings import DRAWINGS

NAMES = [name for name, _words in DRAWINGS]
SVG = "{http://www.w3.org/2000/svg}"
# Below 36rem components.css hides the words and shows this part of a drawing 760 wide.
SHOWN_ON_A_PHONE = (163, 731)
NUMBER_ON_A_PHONE = 25


def source(name):
    return (Path(settings.BASE_DIR) / f"templates/education/drawings/{name}.html").read_text()


def rendered(name, **context):
    return render_to_string(f"education/drawings/{name}.html", context)


def drawing(name):
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", rendered(name), re.S).group())


class DrawingTests(SimpleTestCase):
    def each(self):
        for name in NAMES:
            with self.subTest(name):
                yield name

    def test_it_is_small(self):
        for name in self.each():
            self.assertLess(len(source(name).encode()), 15_000)

    def test_it_is_told_in_words(self):
        for name in self.each():
            svg = drawing(name)
            texts = {part.get("id"): part.text for part in svg if part.tag in (f"{SVG}title", f"{SVG}desc")}
            self.assertEqual(svg.get("role"), "img")
            self.assertEqual(svg.get("aria-labelledby").split(), list(texts))
            self.assertGreater(len(list(texts.values())[1]), 150)

    def test_ids_are_unique_over_all_drawings(self):
        found = [one for name in NAMES for one in re.findall(r'\sid="([^"]+)"', source(name))]
        self.assertEqual(len(found), len(set(found)))
        used = {one for name in NAMES for one in re.findall(r"url\(#([^)]+)\)", source(name))}
        self.assertLessEqual(used, set(found))

    def test_every_word_is_translated(self):
        for name in self.each():
            bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", source(name), flags=re.S)
            self.assertEqual(re.findall(r"[^\W\d_]+", bare), [])

    def test_each_number_has_its_line_and_its_word(self):
        for name in self.each():
            svg, html = drawing(name), rendered(name)
            numbers = [text.text for text in svg.iter(f"{SVG}text") if text.get("class") == "d-numt"]
            words = [text.text for text in svg.iter(f"{SVG}text") if text.get("class") == "d-word"]
            listed = re.findall(r"<li><b>([^<]+)\.</b> [^<]{20,}</li>", html)
            self.assertEqual(numbers, [str(n) for n in range(1, len(listed) + 1)])
            self.assertEqual(words, [line.partition(" (")[0] for line in listed])

    def test_numbers_stay_whole_on_a_phone(self):
        for name in self.each():
            svg = drawing(name)
            height = float(svg.get("viewBox").split()[3])
            for circle in svg.iter(f"{SVG}circle"):
                if circle.get("class") == "d-num":
                    x, y = float(circle.get("cx")), float(circle.get("cy"))
                    self.assertGreaterEqual(x - NUMBER_ON_A_PHONE, SHOWN_ON_A_PHONE[0])
                    self.assertLessEqual(x + NUMBER_ON_A_PHONE, SHOWN_ON_A_PHONE[1])
                    self.assertTrue(NUMBER_ON_A_PHONE <= y <= height - NUMBER_ON_A_PHONE)

    def test_it_serves_without_a_style_sheet_and_without_styles_of_its_own(self):
        for name in self.each():
            self.assertNotRegex(source(name), r"style=|<style|<script|\son\w+=|href")
            for circle in drawing(name).iter(f"{SVG}text"):
                self.assertIn(circle.get("class"), ("d-numt", "d-word"))

    def test_a_caption_is_shown_and_escaped(self):
        for name in self.each():
            self.assertIn("<p>A &lt;b&gt; caption</p>", rendered(name, caption="A <b> caption"))
            self.assertNotIn("<p>", rendered(name))


class SocialPictureTests(SimpleTestCase):
    def test_they_are_as_large_and_as_light_as_they_should_be(self):
        for name in ("social.png", "social-es.png"):
            with self.subTest(name):
                path = Path(settings.BASE_DIR) / "portal/static/portal" / name
                self.assertLess(path.stat().st_size, 60_000)
                with Image.open(path) as picture:
                    self.assertEqual((picture.format, picture.size), ("PNG", (1200, 630)))
