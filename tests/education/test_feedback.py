"""Was this useful: a yes or no without a cookie, a sentence for whoever wants, nothing about who it was."""

import uuid

from django.core.cache import cache
from django.urls import reverse

from portal.education.models import Feedback
from tests.base import ClinicTestCase
from tests.education.test_actions import make_text

SEND, MORE = reverse("education:feedback"), reverse("education:feedback_more")


class FeedbackTests(ClinicTestCase):
    def setUp(self):
        cache.clear()
        self.page = make_text().page

    def send(self, useful="no", **extra):
        return self.client.post(SEND, {"page": self.page.ref, "useful": useful}, **extra)

    def test_an_answer_is_kept_without_a_cookie(self):
        response = self.send("yes")
        self.assertEqual(response.status_code, 302)
        kept = Feedback.objects.get()
        self.assertEqual((kept.page, kept.was_useful, kept.language), (self.page, True, "en"))
        self.assertFalse(response.cookies)

    def test_the_spanish_page_says_so(self):
        self.client.post(f"/es{SEND}", {"page": self.page.ref, "useful": "no"})
        self.assertEqual(Feedback.objects.get().language, "es")

    def test_a_sentence_may_follow_once(self):
        more = self.send().url
        self.assertContains(self.client.get(more), "What was missing")
        self.assertRedirects(self.client.post(more, {"comment": "Say how long it takes."}), MORE)
        self.assertEqual(Feedback.objects.get().comment, "Say how long it takes.")
        self.client.post(more, {"comment": "Something else"})
        self.assertEqual(Feedback.objects.get().comment, "Say how long it takes.")

    def test_an_altered_ticket_writes_nothing(self):
        more = self.send().url
        self.client.post(more[:-2] + "zz", {"comment": "Not mine"})
        self.assertEqual(Feedback.objects.get().comment, "")

    def test_a_sentence_that_is_too_long_is_kept_in_the_form(self):
        response = self.client.post(self.send().url, {"comment": "x" * 501})
        self.assertContains(response, "500", status_code=422)
        self.assertContains(response, "x" * 501, status_code=422)

    def test_what_is_no_answer_is_not_found(self):
        for page, useful in ((uuid.uuid4(), "yes"), ("abc", "yes"), ("", "no"), (self.page.ref, "perhaps")):
            response = self.client.post(SEND, {"page": page, "useful": useful})
            self.assertEqual(response.status_code, 404, (page, useful))
        self.assertFalse(Feedback.objects.exists())

    def test_another_site_cannot_answer(self):
        for said in (
            {"sec-fetch-site": "cross-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ):
            with self.subTest(said):
                self.assertEqual(self.send(headers=said).status_code, 403)
        self.assertFalse(Feedback.objects.exists())
        self.assertEqual(self.send(headers={"origin": "http://testserver"}).status_code, 302)

    def test_the_thirty_first_answer_in_an_hour_is_not_kept(self):
        for _ in range(30):
            self.assertEqual(self.send().status_code, 302)
        self.assertContains(self.send(), "try again in an hour", status_code=429)
        self.assertEqual(Feedback.objects.count(), 30)
