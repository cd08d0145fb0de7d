"""What messages say, in both languages, and what they never say."""

import datetime
import email
import re
from email import policy

import time_machine
from django.core.mail.message import BadHeaderError
from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from portal.reminders import reconcile, rendering, state
from portal.reminders.channels import sms
from portal.reminders.channels.message import ReminderMessage
from portal.reminders.models import Reminder
from pumps import actions
from tests.base import ClinicTestCase, at

FORBIDDEN = re.compile(
    r"\b(pump|refill|pain|alarm|drug|dose|medicine|medication|morphine|baclofen|implant|device|reservoir|catheter|tone|"
    r"bomba|recarga|rellenado|dolor|alarma|medicamento|dosis|morfina|dispositivo|implante|cat[ée]ter|tono)\w*",
    re.I,
)


def parts(message):
    """Return the plain text and the words of the HTML of a message as sent."""
    parsed = email.message_from_bytes(message.wire(), policy=policy.default)
    plain, html = (part.get_content() for part in parsed.iter_parts())
    return parsed, plain, html


def words(html):
    body = html.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


class Rendered(ClinicTestCase):
    """Every kind of message to a patient, as rows without sending."""

    def setUp(self):
        with time_machine.travel(at("2026-06-01", 10), tick=False):
            for pump in (self.pump, self.dales_pump):
                self.fill(pump, filled_on=datetime.date(2026, 6, 1))
            self.book(self.pump, at("2026-06-16", 9, 30))
            self.book(self.dales_pump, at("2026-06-16", 11, 0))

    def rows(self, day, hour=12):
        """Return (row, known) for what is owed to patients at a moment."""
        with time_machine.travel(at(day, hour), tick=False):
            now = timezone.now()
            reconcile.reconcile(now)
            rows = Reminder.objects.filter(audience="patient", state="planned", due_at__lte=now)
            known = state.load({row.pump_id for row in rows}, now)
            return [(row, known[row.pump_id], now) for row in rows]

    def every_kind(self):
        """Return messages of all kinds, in both languages."""
        found = self.rows("2026-06-02") + self.rows("2026-06-16", 18) + self.rows("2026-06-17")
        for pump in (self.pump, self.dales_pump):
            for visit in pump.visits.all():
                actions.cancel_visit(actor=self.nora, visit=visit, reason="moved away")
        found += self.rows("2026-06-23") + self.rows("2026-07-01")
        with time_machine.travel(at("2026-07-01", 10), tick=False):
            for pump in (self.pump, self.dales_pump):
                for tone in ("two", "one"):
                    actions.record_alarm(
                        actor=self.nora, pump=pump, tone=tone, heard_by="patient", heard_at=timezone.now()
                    )
            found += self.rows("2026-07-01", 11)
            self.book(self.pump, at("2026-07-10", 9, 30))
            self.book(self.dales_pump, at("2026-07-10", 11, 0))
        return found + self.rows("2026-07-04")


class EmailTests(Rendered):
    def test_the_visit_reminder(self):
        with time_machine.travel(at("2026-06-02", 12), tick=False):
            message = next(
                rendering.email_for(row, one, None, now)
                for row, one, now in self.rows("2026-06-02")
                if one.patient == self.dale
            )
        parsed, plain, html = parts(message)
        self.assertEqual(parsed["Subject"], "Visit reminder: Tuesday, June 16")
        self.assertEqual(parsed["From"], "Oak Street Clinic <reminders@localhost>")
        self.assertEqual(parsed["Auto-Submitted"], "auto-generated")
        self.assertIn(str(self.oak.ref), parsed["List-Id"])
        for line in (
            "Dear Dale,",
            "Date: Tuesday, June 16, 2026",
            "Time: 11:00 a.m.",
            "Place: Oak Street Clinic, 12 Oak Street, Chicago, IL 60601",
            "Questions? Call 312-555-0123 (TTY: 711)",
            "You get this e-mail because you asked for reminders. Change this in Settings. Do not reply.",
        ):
            self.assertIn(line, plain)
        self.assertIn('href="http://localhost:8000/my/"', html)

    def test_a_call_without_delay_goes_where_somebody_answers(self):
        """An overdue text gives the office in its hours, and the 24-hour line on a Saturday or a closed day."""
        [(row, one, _), *_rest] = self.rows("2026-07-01")
        self.assertEqual(row.kind, "overdue")
        said = {}
        for day, hour in (("2026-07-01", 10), ("2026-07-01", 18), ("2026-07-04", 10), ("2026-07-02", 10)):
            if day == "2026-07-02":
                self.oak.closures.create(on=day, name="training")
            said[day, hour] = rendering.values_for(row, one, "en", at(day, hour))["phone"]
        office, line = "312-555-0123", "312-555-0199"
        self.assertEqual(list(said.values()), [office, line, line, line])

    def test_every_message_is_free_of_health_words_and_surnames(self):
        seen = set()
        for row, one, now in self.every_kind():
            message = rendering.email_for(row, one, None, now)
            _, plain, html = parts(message)
            seen.add((rendering.name_of(row, one, now), one.patient.language))
            texts = [
                message.subject,
                plain,
                html,
                rendering.text_for(row, one, now),
                *map(str, message.extra_headers.values()),
            ]
            for text in texts:
                self.assertIsNone(FORBIDDEN.search(text), text)
                for secret in (one.patient.family_name, one.patient.mrn, one.pump.serial, "1954"):
                    self.assertNotIn(secret, text)
        names = {"visit", "unbooked", "overdue", "sooner", "missed", "report_now", "report_later"}
        self.assertEqual(seen, {(name, language) for name in names for language in ("en", "es")})

    def subjects(self, *days):
        """Return what each patient is asked on some days, with a visit that is too late."""
        # The form refuses such a visit; a refill-by date that moved forward leaves one behind.
        for visit, hour in ((self.pump.visits.get(), 9), (self.dales_pump.visits.get(), 11)):
            starts_at = at("2026-07-10", hour)
            type(visit).objects.filter(pk=visit.pk).update(
                starts_at=starts_at, ends_at=starts_at + datetime.timedelta(hours=1)
            )
        return {
            (row.kind, rendering.email_for(row, one, None, now).subject)
            for day in days
            for row, one, now in self.rows(day)
            if row.kind != "visit"
        }

    def test_whoever_has_a_visit_that_is_too_late_is_not_told_to_book_one(self):
        words = ("Please call today: your visit needs to be sooner", "Llame hoy: su cita debe ser antes")
        self.assertEqual(
            self.subjects("2026-06-29", "2026-07-01", "2026-07-04"),
            {(kind, text) for kind in ("unbooked", "overdue") for text in words},
        )

    def test_without_that_visit_they_are_told_to_book_again(self):
        self.subjects()
        with time_machine.travel(at("2026-07-01", 8), tick=False):
            for visit in self.dales_pump.visits.filter(state="booked"):
                actions.cancel_visit(actor=self.nora, visit=visit, reason="ill")
        found = [rendering.name_of(*each) for each in self.rows("2026-07-01") if each[1].patient == self.dale]
        self.assertEqual(found, ["overdue"])

    def test_the_text_and_the_html_say_the_same(self):
        for row, one, now in self.every_kind():
            message = rendering.email_for(row, one, None, now)
            _, plain, html = parts(message)
            link = "http://localhost:8000/my/"
            said = re.sub(r"\s+", " ", plain.replace(f": {link}", "")).strip()
            self.assertEqual(words(html), said)

    def test_the_fast_writing_and_djangos_say_the_same(self):
        for row, one, now in self.every_kind():
            message = rendering.email_for(row, one, None, now)
            ours = email.message_from_bytes(message.wire(), policy=policy.default)
            django = email.message_from_bytes(message.message().as_bytes(), policy=policy.default)
            for name in ("Subject", "From", "To", "Message-ID", "List-Id", "Auto-Submitted"):
                self.assertEqual(ours[name], django[name])
            for mine, theirs in zip(ours.iter_parts(), django.iter_parts(), strict=True):
                self.assertEqual(mine.get_content_type(), theirs.get_content_type())
                self.assertEqual(
                    mine.get_content().replace("\r\n", "\n").strip(), theirs.get_content().strip()
                )

    def test_whoever_speaks_neither_language_gets_english(self):
        type(self.dale).objects.update(language="en", other_language="Polish")
        for row, one, now in self.rows("2026-06-02"):
            self.assertTrue(rendering.email_for(row, one, None, now).subject.startswith("Visit reminder"))

    def test_markup_in_a_name_stays_text(self):
        type(self.dale).objects.update(preferred_name="<b>Dale</b> & co")
        row, one, now = self.rows("2026-06-02")[0]
        _, plain, html = parts(rendering.email_for(row, one, None, now))
        self.assertIn("<b>Dale</b> & co", plain)
        self.assertIn("&lt;b&gt;Dale&lt;/b&gt; &amp; co", html)

    def test_a_line_break_in_a_name_adds_no_header(self):
        type(self.oak).objects.filter(pk=self.oak.pk).update(sender_name="Oak\r\nBcc: eve@evil.example")
        type(self.dale).objects.update(preferred_name="Dale\n\n-> click\nBcc: eve@evil.example")
        row, one, now = self.rows("2026-06-02")[0]
        parsed, _, _ = parts(rendering.email_for(row, one, None, now))
        self.assertIsNone(parsed["Bcc"])
        self.assertEqual(len(parsed.get_all("From")), 1)

    def test_the_id_stays_when_a_message_is_sent_again(self):
        row, one, now = self.rows("2026-06-02")[0]
        ids = {
            rendering.email_for(row, one, None, moment).extra_headers["Message-ID"]
            for moment in (now, now + datetime.timedelta(days=1))
        }
        self.assertEqual(ids, {rendering.message_id(row.key)})

    @override_settings(PUBLIC_URL="https://portal.example.org")
    def test_links_stand_on_our_own_address(self):
        row, one, now = self.rows("2026-06-02")[0]
        links = re.findall(
            r"https?://[^\s\"<]+", "".join(parts(rendering.email_for(row, one, None, now))[1:])
        )
        self.assertEqual(set(links), {"https://portal.example.org/my/"})


class SmsTests(Rendered):
    def test_each_text_fits_one_message_in_plain_letters(self):
        type(self.rosa).objects.filter(pk=self.rosa.pk).update(preferred_name="María José")
        for row, one, now in self.every_kind():
            text = rendering.text_for(row, one, now)
            self.assertLessEqual(len(text), sms.LENGTH, text)
            self.assertLessEqual(set(text), sms.GSM_7, text)
            self.assertTrue(text.startswith("Oak Street Clinic: "))
            self.assertIn("STOP", text)

    def test_tomorrow_is_said_the_day_before_only(self):
        row, one, _ = next(found for found in self.rows("2026-06-15") if found[1].patient == self.dale)
        self.assertIn("is tomorrow", rendering.text_for(row, one, at("2026-06-15", 12)))
        self.assertNotIn("tomorrow", rendering.text_for(row, one, at("2026-06-16", 9)))

    def test_letters_outside_the_plain_alphabet_lose_their_accent(self):
        self.assertEqual(sms.gsm("Ramón Muñoz, miércoles sábado"), "Ramon Muñoz, miércoles sabado")


class HeaderTests(SimpleTestCase):
    def message(self, subject="Hello", name="Clinic", to="a@mail.example"):
        message = ReminderMessage(
            sender=(name, "us@clinic.example"),
            subject=subject,
            body="x",
            to=[to],
            headers={"Message-ID": "<1@x>"},
        )
        message.attach_alternative("<p>x</p>", "text/html")
        return message

    def test_line_breaks_are_refused(self):
        for fields in ({"subject": "a\nBcc: b"}, {"to": "a@mail.example\nBcc: b@mail.example"}):
            with self.subTest(fields), self.assertRaises((BadHeaderError, ValueError)):
                self.message(**fields).wire()

    def test_letters_beyond_ascii(self):
        parsed = email.message_from_bytes(
            self.message(
                subject="Clínica Ñandú: recibimos su aviso. " * 3 + "Gracias", name="Clínica Ñandú"
            ).wire(),
            policy=policy.default,
        )
        self.assertEqual(parsed["Subject"], "Clínica Ñandú: recibimos su aviso. " * 3 + "Gracias")
        self.assertEqual(parsed["From"].addresses[0].display_name, "Clínica Ñandú")

    def test_no_line_is_longer_than_a_server_takes(self):
        message = self.message(subject="word " * 60)
        message.body = "ñ" * 5000
        self.assertLess(max(map(len, message.wire().split(b"\r\n"))), 998)
