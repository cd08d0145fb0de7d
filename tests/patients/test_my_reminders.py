"""A patient's own answer about reminders by e-mail."""

import datetime

from django.utils import timezone

from patients.models import ChannelConsent
from portal.audit.models import Event
from portal.reminders import planning, rendering, state
from portal.reminders.models import Reminder
from tests.base import ClinicTestCase

URL = "/my/reminders/"


class MyRemindersTests(ClinicTestCase):
    def consent(self, patient=None):
        return ChannelConsent.objects.get(patient=patient or self.dale, channel="email")

    def test_it_shows_the_address_and_the_answer_on_record(self):
        page = self.sign_in(self.dale_user).get(URL)
        self.assertContains(page, "dale@mail.example")
        self.assertContains(page, 'value="yes"')
        self.assertContains(page, "checked", count=1)
        self.assertNotContains(page, "rosa@mail.example")

    def test_no_is_kept_with_the_words_shown_and_the_language(self):
        self.sign_in(self.dale_user)
        page = self.client.get(URL).content.decode()
        response = self.client.post(URL, {"by_email": "no"}, follow=True)
        self.assertContains(response, "Saved: no reminders come by e-mail.")
        consent = self.consent()
        self.assertEqual(
            (consent.is_granted, consent.language, consent.recorded_by), (False, "en", self.dale_user)
        )
        question, _colon, explanation = consent.text_shown.partition(": ")
        self.assertEqual(question, "Send me reminders by e-mail")
        for words in (question, explanation):
            self.assertIn(words, page)
        self.assertEqual(Event.objects.get(action="consent.recorded").actor, self.dale_user)

    def test_a_spanish_speaker_is_asked_in_spanish(self):
        self.sign_in(self.rosa_user)
        page = self.client.get(URL)
        self.assertContains(page, '<html lang="es">')
        self.client.post(URL, {"by_email": "yes"})
        self.assertEqual(self.consent(self.rosa).language, "es")
        for words in self.consent(self.rosa).text_shown.split(": ", 1):
            self.assertContains(page, words)

    def test_after_a_no_nothing_is_planned_and_after_a_yes_it_is(self):
        self.sign_in(self.dale_user)
        for answer, channels in (("no", ()), ("yes", ("email",))):
            self.client.post(URL, {"by_email": answer})
            known = state.load([self.dales_pump.pk], timezone.now())[self.dales_pump.pk]
            self.assertEqual(known.state.channels, channels)

    def test_no_answer_yet_and_none_given(self):
        ChannelConsent.objects.filter(patient=self.dale).delete()
        self.sign_in(self.dale_user)
        self.assertNotContains(self.client.get(URL), "checked")
        for answer in ({}, {"by_email": ""}, {"by_email": "perhaps"}):
            response = self.client.post(URL, {"x": "y", **answer})
            self.assertContains(response, "There is a problem", status_code=422)
        self.assertFalse(ChannelConsent.objects.filter(patient=self.dale).exists())

    def test_a_bad_address_and_none_at_all(self):
        self.dale.contact_points.filter(kind="email").update(is_bad=True)
        self.sign_in(self.dale_user)
        self.assertContains(self.client.get(URL), "Our e-mails do not arrive there.")
        self.dale.contact_points.filter(kind="email").update(ended_at=timezone.now())
        page = self.client.get(URL)
        self.assertContains(page, "no e-mail address of yours")
        self.assertContains(page, 'href="tel:+13125550123"')

    def test_it_is_found_where_the_e_mails_say(self):
        self.fill(self.dales_pump, filled_on=self.oak.today() - datetime.timedelta(days=35))
        one = state.load([self.dales_pump.pk], timezone.now())[self.dales_pump.pk]
        row = Reminder(
            kind=planning.Kind.OVERDUE.value, audience="patient", channel="email", key="k", patient=self.dale
        )
        message = rendering.email_for(row, one, None, timezone.now())
        self.assertIn("Change this in Settings.", message.body)
        self.assertIn("/my/", message.body)
        page = self.sign_in(self.dale_user).get("/my/")
        self.assertContains(page, f'<a href="{URL}">Settings</a>', html=True)
        self.assertContains(self.client.get(URL), "<h1>Settings</h1>")

    def test_it_works_without_a_script(self):
        self.assertNotContains(self.sign_in(self.dale_user).get(URL), "<script")

    def test_others(self):
        for user in (self.nora, self.adam, self.edie, self.sam):
            self.assertEqual(self.sign_in(user).get(URL).status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.post(URL, {"by_email": "no"}).status_code, 302)
        self.assertTrue(self.consent().is_granted)
