"""What is read of a page and around it, from a tree of a few pages."""

from unittest import mock

from django.utils import timezone

from portal.education.models import Page
from portal.education.showing import reading, statements
from tests.education.test_pages import PagesTestCase


class AroundTests(PagesTestCase):
    def setUp(self):
        super().setUp()
        for slug in ("a", "b-c", "b", "ba", "d"):
            self.put(f"learn/try/{slug}", title=f"Page {slug}", menu_title="")

    def read(self, path, language="en"):
        return reading.page_at(path, language, timezone.now())

    def beside(self, path):
        return [leaf.path.rpartition("/")[2] for leaf in self.read(path).beside]

    def test_only_the_pages_before_and_after_are_read(self):
        self.assertEqual(self.beside("learn/try/a"), ["a", "b"])
        self.assertEqual(self.beside("learn/try/ba"), ["b-c", "ba", "d"])
        self.assertEqual(self.beside("learn/try/d"), ["ba", "d"])

    def test_they_stand_in_the_order_of_the_list_above_them(self):
        self.put("learn/try", layout="hub")
        Page.objects.filter(path="learn/try/d").update(position=0)
        Page.objects.filter(path="learn/try/a").update(position=3)
        listed = [leaf.path.rpartition("/")[2] for leaf in self.read("learn/try").below]
        self.assertEqual(listed, ["b", "b-c", "ba", "d", "a"])
        for before, here, after in zip(listed, listed[1:], listed[2:], strict=False):
            self.assertEqual(self.beside(f"learn/try/{here}"), [before, here, after])

    def test_what_is_in_the_other_language_only_is_passed_over(self):
        self.put("learn/try/c", language="es")
        self.assertEqual(self.beside("learn/try/ba"), ["b-c", "ba", "d"])
        found = self.read("learn/try/d", "es")
        self.assertEqual([leaf.title for leaf in found.beside], ["What is a trial page?", "Page d"])

    def test_a_long_list_ends(self):
        self.put("learn/try", layout="hub")
        with mock.patch.object(statements, "MOST_BELOW", 2):
            self.assertEqual(
                [leaf.path for leaf in self.read("learn/try").below], ["learn/try/a", "learn/try/b"]
            )

    def test_the_first_page_has_no_trail_and_no_neighbours(self):
        self.put("one")
        self.put("two")
        found = self.read("one")
        self.assertEqual((found.trail, found.beside), ((), ()))
