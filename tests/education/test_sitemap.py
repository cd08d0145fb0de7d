"""What search engines are told: every live page with its twin, and which addresses are open to them."""

import datetime
import urllib.robotparser
import xml.etree.ElementTree as ElementTree

from django.core.cache import cache
from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from portal.education import actions
from portal.education.models import Page, Publication
from tests.base import ClinicTestCase
from tests.education.test_actions import make_text

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
HOUR = datetime.timedelta(hours=1)
HOST = "https://portal.example.org"


@override_settings(PUBLIC_URL=HOST)
class SitemapTests(ClinicTestCase):
    def setUp(self):
        self.now = timezone.now()

    def publish(self, path="sitemap-test", language="en", **window):
        version = actions.save_version(actor=self.edie, translation=make_text(path, language))
        cache.clear()
        return actions.publish(actor=self.edie, version=version, **window)

    def listed(self):
        """Return what is listed: for each address its change and its twins by language."""
        cache.clear()
        response = self.client.get("/sitemap.xml")
        self.assertEqual(response.headers["Content-Type"], "application/xml; charset=utf-8")
        root = ElementTree.fromstring(response.content)
        return {
            url.findtext("s:loc", namespaces=SPACES): (
                url.findtext("s:lastmod", namespaces=SPACES),
                {link.get("hreflang"): link.get("href") for link in url.findall("x:link", SPACES)},
            )
            for url in root.findall("s:url", SPACES)
        }

    def test_a_page_with_its_twin_in_both_languages(self):
        for language in ("en", "es"):
            self.publish(language=language)
        found = self.listed()
        english, spanish = f"{HOST}/learn/sitemap-test/", f"{HOST}/es/learn/sitemap-test/"
        twins = {"en": english, "es": spanish, "x-default": english}
        self.assertEqual((found[english][1], found[spanish][1]), (twins, twins))
        for address in (english, spanish):
            self.assertEqual(self.client.get(address.removeprefix(HOST)).status_code, 200)

    def test_when_its_text_came(self):
        publication = self.publish()
        stamp, _ = self.listed()[f"{HOST}/learn/sitemap-test/"]
        self.assertEqual(datetime.datetime.fromisoformat(stamp), publication.starts_at.replace(microsecond=0))

    def test_a_page_in_one_language_names_no_twin(self):
        self.publish()
        found = self.listed()
        self.assertEqual(set(found[f"{HOST}/learn/sitemap-test/"][1]), {"en", "x-default"})
        self.assertNotIn(f"{HOST}/es/learn/sitemap-test/", found)

    def test_only_what_is_live(self):
        self.publish(path="sitemap-later", starts_at=self.now + HOUR)
        self.publish(path="sitemap-gone")
        actions.withdraw(actor=self.edie, page=Page.objects.get(path="learn/sitemap-gone"), reason="Wrong.")
        Publication.objects.filter(pk=self.publish(path="sitemap-over").pk).update(
            starts_at=self.now - 2 * HOUR, ends_at=self.now - HOUR
        )
        self.publish(path="sitemap-drawer")
        Page.objects.filter(path="learn/sitemap-drawer").update(layout=Page.Layout.FOLDER)
        self.assertEqual([url for url in self.listed() if "sitemap-" in url], [])

    def test_home_is_listed_in_both_languages(self):
        found = self.listed()
        self.assertIn(f"{HOST}/", found)
        self.assertIn(f"{HOST}/es/", found)

    def test_one_query_and_none_when_kept(self):
        self.publish()
        cache.clear()
        with self.assertNumQueries(1):
            first = self.client.get("/sitemap.xml")
        with self.assertNumQueries(0):
            self.client.get("/sitemap.xml")
        self.assertTrue(first.headers["Cache-Control"].startswith("public, max-age="))
        self.assertFalse(first.cookies)

    def test_the_asked_host_does_not_get_into_it(self):
        with override_settings(ALLOWED_HOSTS=["*"]):
            cache.clear()
            self.assertNotContains(self.client.get("/sitemap.xml", headers={"Host": "evil.example"}), "evil")


@override_settings(PUBLIC_URL=HOST)
class RobotsTests(SimpleTestCase):
    def rules(self):
        text = self.client.get("/robots.txt").content.decode()
        robots = urllib.robotparser.RobotFileParser()
        robots.parse(text.splitlines())
        return robots, text

    def test_public_pages_are_open_and_nothing_else(self):
        robots, text = self.rules()
        for path in ("/learn/", "/es/learn/what-is-it/", "/help/alarm/", "/es/help/contact/", "/sitemap.xml"):
            self.assertTrue(robots.can_fetch("*", HOST + path), path)
        for path in (
            "/admin/",
            "/my/",
            "/worklist/",
            "/patients/",
            "/accounts/login/",
            "/es/accounts/login/",
        ):
            self.assertFalse(robots.can_fetch("*", HOST + path), path)
        self.assertIn("\nAllow: /$\n", text)
        self.assertLess(text.index("Allow: /help/"), text.index("Disallow: /"))

    def test_it_names_the_sitemap(self):
        self.assertEqual(self.rules()[0].site_maps(), [f"{HOST}/sitemap.xml"])

    @override_settings(DEMO=True)
    def test_a_demo_is_closed(self):
        robots, text = self.rules()
        self.assertEqual(text, "User-agent: *\nDisallow: /\n")
        self.assertFalse(robots.can_fetch("*", f"{HOST}/learn/"))
