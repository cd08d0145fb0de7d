"""Rich text: safe, in one written form, and what was taken out is told."""

import json
import re
import unicodedata
from html.parser import HTMLParser

from django.template import engines
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from portal.education.text.rich_text import ATTRIBUTES, ELEMENTS
from portal.education.text.sanitize import HARMLESS, HIDDEN, address, clean
from tests.education.mxss import CORPUS


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def only_ours(html):
    """Return what is in the text beside the allow-list."""
    return [
        (tag, attributes)
        for tag, attributes in Elements(html).found
        if tag not in ELEMENTS
        or set(attributes) - set(ATTRIBUTES.get(tag, ()))
        or ("href" in attributes and address(attributes["href"]) != attributes["href"])
    ]


class CleanTests(SimpleTestCase):
    def test_the_written_form(self):
        for source, expected in (
            ("words", "<p>words</p>\n"),
            ("<p> a \n b </p><p></p><p>&nbsp;</p>", "<p>a b</p>\n"),
            ("<p>a &amp; b &lt; c &quot;q&quot; &eacute;</p>", '<p>a &amp; b &lt; c "q" é</p>\n'),
            ("<p>20&nbsp;mL</p>", "<p>20\N{NO-BREAK SPACE}mL</p>\n"),
            ("<p>e\u0301</p>", "<p>é</p>\n"),
            ("<h1>A</h1><h4>B</h4><b>c</b>", "<h2>A</h2>\n<h3>B</h3>\n<p><strong>c</strong></p>\n"),
            ("<ul><li><p>a</p></li><li>b</li></ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            (
                "<ul><li>a<ul><li>b</ul></ul>",
                "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n",
            ),
            ("<div>a<div>b</div>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"),
            ("<p>a<br><br> b<br></p>", "<p>a<br>b</p>\n"),
            ("<p>a <strong> b </strong> c</p>", "<p>a <strong>b </strong>c</p>\n"),
            ("<a href='/es/learn/glossary/#pump'>g</a>", '<p><a href="/learn/glossary/#pump">g</a></p>\n'),
            ("<a href='https://WWW.FDA.gov'>f</a>", '<p><a href="https://www.fda.gov/">f</a></p>\n'),
            ("<p><span lang='en'>Pain</span></p>", '<p><span lang="en">Pain</span></p>\n'),
            ("", ""),
            ("<p> </p>", ""),
        ):
            with self.subTest(source):
                self.assertEqual((clean(source).html, clean(source).removed), (expected, []))

    def test_a_table_as_the_editor_writes_it(self):
        source = (
            '<table style="min-width: 50px;"><colgroup><col style="width: 25px;"></colgroup><tbody>'
            '<tr><th colspan="1" rowspan="1"><p>Tone</p></th><th colspan="1" rowspan="1"><p>Do</p></th></tr>'
            '<tr><th colspan="1" rowspan="1"><p>Two</p></th><td colspan="1" rowspan="1"><p>Call</p></td></tr>'
            "</tbody></table>"
        )
        found = clean(source)
        self.assertEqual(
            found.html,
            '<table>\n<thead>\n<tr><th scope="col">Tone</th><th scope="col">Do</th></tr>\n</thead>\n'
            '<tbody>\n<tr><th scope="row">Two</th><td>Call</td></tr>\n</tbody>\n</table>\n',
        )
        self.assertEqual(found.removed, [])

    def test_words_in_odd_places_are_kept(self):
        for source in (
            "<table><tr><td><ul><li>kept</li></ul></td></tr></table>",
            "<ul><li><table><tr><td>kept</td></tr></table></li></ul>",
            "<table><caption><p>kept</p></caption><tr><td>x</td></tr></table>",
            "<ul>kept<p>b</p></ul>",
            "<p>a<blockquote>kept</blockquote></p>",
            "<strong><h2>kept</h2></strong>",
            "<strong>" * 200 + "kept",
            "<div>" * 5000 + "kept",
        ):
            with self.subTest(source[:60]):
                self.assertEqual(clean(source).html.count("kept"), 1)

    def test_what_was_taken_out_is_told(self):
        for source, words in (
            ("<script>x</script>", ["what stood in them", "script"]),
            ("<p>a <font>b</font> <em>c</em></p>", ["words stay", "em, font"]),
            ("<p style='color:red' onclick=x>a</p>", ["Properties", "onclick, style"]),
            ("<a href='javascript:x'>a</a>", ["Addresses", "javascript:x"]),
            ("<a href='http://evil.example/'>a</a>", ["http://evil.example/", "https://"]),
            ("<img src='https://evil.example/t.gif'>", ["Images", "Figures"]),
            ("<p>a\u202eb</p>", ["Hidden characters", "U+202E"]),
            ("<p>&#x2067;b</p>", ["Hidden characters", "U+2067"]),
            ("a<!-- b -->", ["Comments"]),
        ):
            with self.subTest(source):
                told = " ".join(clean(source).removed)
                for word in words:
                    self.assertIn(word, told)

    def test_every_known_way_in_is_closed_and_told(self):
        for source in CORPUS:
            with self.subTest(source):
                found = clean(source)
                self.assertEqual(only_ours(found.html), [])
                self.assertTrue(found.removed)
                self.assertEqual(clean(found.html), type(found)(found.html, []))

    def test_addresses(self):
        for href, written in (
            ("/learn/", "/learn/"),
            ("/learn/print/refill-card.pdf", "/learn/print/refill-card.pdf"),
            ("/es/help/alarm/", "/help/alarm/"),
            (" https://www.fda.gov/a?b=c&d=é#e ", "https://www.fda.gov/a?b=c&d=%C3%A9#e"),
            ("https://www.fda.gov/%C3%A9", "https://www.fda.gov/%C3%A9"),
            ("/admin/", None),
            ("/learn/../admin/", None),
            ("//evil.example/", None),
            ("https:evil.example", None),
            ("https://evil", None),
            ("https://1.2.3.4/", None),
            ("https://[::1]/", None),
            ("https://[oops/", None),
            ("https://evil.example:99999/", None),
            ("https://a@evil.example/", None),
            ("https://www.fda.gov/a b", None),
            ("", None),
        ):
            with self.subTest(href):
                self.assertEqual(address(href), written)


snippets = st.lists(
    st.one_of(
        st.sampled_from(CORPUS),
        st.sampled_from([f"<{name}>" for name in (*ELEMENTS, "div", "b", "svg", "math", "hr", "h1")]),
        st.sampled_from([f"</{name}>" for name in (*ELEMENTS, "div", "b", "svg")]),
        st.sampled_from(
            [" ", "\n", "&nbsp;", "\u0301", "\u0338", "&#x338;", "&#769;", "&lt;", "]]>", "\u202f"]
        ),
        st.text(max_size=6),
    ),
    max_size=14,
).map("".join)


@given(snippets)
def test_cleaning_is_safe_and_cleaning_twice_changes_nothing(source):
    found = clean(source).html
    assert only_ours(found) == []
    assert clean(found).html == found
    assert clean(found).removed == []
    assert not {one for one in found if unicodedata.category(one) in HIDDEN} - set(HARMLESS)
    assert unicodedata.normalize("NFC", found) == found
    assert not re.search(r"[ \t]\n|\n\n|<p></p>", found)


WATCH = """
  window.ran = [];
  window.alert = said => ran.push("alert " + said);
  window.addEventListener("error", event => ran.push("error " + event.message));
"""
PAGE = engines["django"].from_string(
    "<!doctype html><html lang=en><title>x</title><body><main>{% autoescape off %}{{ html }}{% endautoescape %}"
)


def watched(page, asked):
    """Answer with an empty page, and note whatever else the browser asks for."""

    def answer(route):
        if route.request.url != "https://portal.test/":
            asked.append(route.request.url)
        route.fulfill(body="<!doctype html><title>x</title><main></main>", content_type="text/html")

    page.route("**/*", answer)
    page.add_init_script(WATCH)
    page.goto("https://portal.test/")


FOREIGN = """([elements, attributes]) => [...document.querySelectorAll("main *")].filter(one =>
  one.namespaceURI !== "http://www.w3.org/1999/xhtml" || !elements.includes(one.localName)
  || [...one.attributes].some(a => !(attributes[one.localName] || []).includes(a.name))
).map(one => one.outerHTML)"""
TOUCH = """for (const one of document.querySelectorAll("main *"))
  for (const kind of ["click", "mouseover", "focus", "pointerenter", "animationstart", "toggle"])
    one.dispatchEvent(new Event(kind, {bubbles: kind !== "click"}));"""


def test_a_browser_runs_and_loads_nothing_of_it(browser):
    allowed = [list(ELEMENTS), {name: list(found) for name, found in ATTRIBUTES.items()}]
    context = browser.new_context()
    try:
        page, asked = context.new_page(), []
        watched(page, asked)
        for source in CORPUS:
            found = clean(source).html
            for show in (
                f"document.querySelector('main').innerHTML = {json.dumps(found)}",
                f"document.open(); document.write({json.dumps(PAGE.render({'html': found}))}); document.close()",
            ):
                page.evaluate(show)
                page.evaluate(TOUCH)
                assert page.evaluate(FOREIGN, allowed) == [], source
        page.wait_for_timeout(200)
        assert page.evaluate("window.ran") == []
        assert asked == []
        # The watch itself works: what was not cleaned is caught.
        page.evaluate(f"document.querySelector('main').innerHTML = {json.dumps(CORPUS[18])}")
        page.wait_for_function("window.ran.length > 0 || true")
        page.wait_for_timeout(300)
        assert page.evaluate("window.ran") == ["alert 1"]
    finally:
        context.close()
