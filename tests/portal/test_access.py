"""Every URL against every kind of person, from the list of URLs itself."""

import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from patients import actions as patient_actions
from portal.accounts.models import Membership
from portal.education import actions as education
from portal.education import voices
from portal.education.models import Feedback, Image, Reference, Term
from portal.reminders.models import Reminder
from pumps import actions
from pumps.models import Drug, PumpModel, StabilityLimit
from tests.access_matrix import FORBIDDEN, MISSING, POSTED, RULES, SIGN_IN, YES
from tests.base import ClinicTestCase, at
from tests.education.test_actions import make_text

# One address of each kind among the pages that ship.
EDUCATION = {"education:page": ["what-is-it"], "education:sheet_pdf": ["alarm-card"]}


def named_urls(patterns=None, namespace=""):
    """Return the names of all URLs, with their arguments' names."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_urls(pattern.url_patterns, inner)
        elif pattern.name:
            yield namespace + pattern.name, tuple(pattern.pattern.regex.groupindex)


class AccessTests(ClinicTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.people = {
            "anonymous": None,
            "nurse": cls.nora,
            "physician": cls.osei,
            "clinic_admin": cls.adam,
            "other_nurse": cls.otto,
            "editor": cls.edie,
            "site_admin": cls.sam,
            "patient": cls.dale_user,
            "other_patient": cls.rosa_user,
        }

    def setUp(self):
        self.cycle = self.fill(self.dales_pump)
        start = at(self.cycle.filled_on + datetime.timedelta(days=7 - self.cycle.filled_on.weekday()), 10)
        self.visit = self.book(self.dales_pump, start)
        self.alarm = actions.record_alarm(
            actor=self.nora,
            pump=self.dales_pump,
            tone="one",
            kind="unknown",
            heard_by="patient",
            heard_at=at(self.cycle.filled_on - datetime.timedelta(days=1)),
        )
        self.contact = patient_actions.log_contact(
            actor=self.nora, patient=self.dale, channel="call", outcome="reached", note=""
        )

        self.image = Image.objects.create(
            title="A scar", alt_en="A scar", alt_es="Una cicatriz", width=1, height=1
        )
        self.image.file.save(f"{self.image.ref.hex}.webp", ContentFile(b"RIFF"))
        self.addCleanup(self.image.file.delete, save=False)
        self.educational = self.education_rows()
        self.reminder = Reminder.objects.create(
            clinic=self.oak,
            patient=self.dale,
            pump=self.dales_pump,
            kind=Reminder.Kind.VISIT,
            audience=Reminder.Audience.PATIENT,
            channel="email",
            key="visit:access",
            due_at=at(self.cycle.filled_on),
            state=Reminder.State.REJECTED,
        )

    def target(self, name):
        """Return the object that an address with a ref is about; Dale's, at Oak Street."""
        by_name = {
            "pumps:amend": self.cycle,
            "pumps:move": self.visit,
            "pumps:cancel": self.visit,
            "pumps:missed": self.visit,
            "pumps:my_confirm": self.visit,
            "pumps:my_change": self.visit,
            "pumps:close_alarm": self.alarm,
            "pumps:add": self.dale,
            "patients:undo_contact": self.contact,
            "reminders:handled": self.reminder,
            "education:media": self.image,
        }
        return by_name.get(name) or (self.dale if name.startswith("patients:") else self.dales_pump)

    def address(self, name, arguments):
        if not arguments:
            return reverse(name)
        if arguments == ("ref",):
            return reverse(name, args=[self.target(name).ref])
        if name in EDUCATION:
            return reverse(name, args=EDUCATION[name])
        if name.startswith("admin:"):
            return reverse(name, args=self.admin_arguments(name))
        return reverse(name, kwargs={"uidb36": "1", "key": "a-b"})

    def admin_arguments(self, name):
        if name == "admin:app_list":
            return ["accounts"]
        if name == "admin:view_on_site":
            return ["1", "1"]
        if name.startswith("admin:education_"):
            return [self.educational[name.split("_")[1]].pk]
        rows = {
            "clinic": self.oak,
            "user": self.priya,
            "membership": Membership.objects.get(user=self.priya),
            "pumpmodel": PumpModel.objects.first(),
            "stabilitylimit": StabilityLimit.objects.first(),
            "drug": Drug.objects.first(),
        }
        return [rows[name.split("_")[1]].pk]

    def education_rows(self):
        """Return one row of each kind that editors see."""
        make_text()
        text = make_text(language="es")
        story = {"name": "Ana", "before": "a", "tried": "b", "now": "c", "not_well": "d"}
        return {
            "page": text.page,
            "translation": text,
            "version": education.save_version(actor=self.edie, translation=text),
            "reference": Reference.objects.create(key="access", title="A paper"),
            "term": Term.objects.create(key="access"),
            "image": self.image,
            "story": voices.send_story(language="en", told=story),
            "feedback": Feedback.objects.create(page=text.page, was_useful=True),
        }

    def outcome(self, person, name, url):
        client = Client()
        if person:
            client.force_login(person)
        with transaction.atomic():
            response = client.post(url) if name in POSTED else client.get(url)
            transaction.set_rollback(True)
        if response.status_code in (FORBIDDEN, MISSING):
            return response.status_code
        self.assertNotEqual(response.status_code, 405, f"{name} does not take this method: see POSTED")
        # /health/ answers 503 while the reminder engine has not run.
        self.assertTrue(response.status_code < 500 or name == "health")
        is_sign_in = response.status_code == 302 and "/login/?next=" in response.headers["Location"]
        return SIGN_IN if is_sign_in and not person else YES

    def test_every_url_has_a_rule_and_keeps_it(self):
        for name, arguments in sorted(set(named_urls())):
            self.assertIn(name, RULES, f"{name} has no rule in tests/access_matrix.py")
            url = self.address(name, arguments)
            for principal, expected in RULES[name].items():
                with self.subTest(url=name, principal=principal):
                    self.assertEqual(self.outcome(self.people[principal], name, url), expected)

    def test_every_rule_has_a_url(self):
        names = {name for name, _arguments in named_urls()}
        self.assertEqual(set(RULES) - names, set())

    def test_signed_in_pages_have_no_twin(self):
        self.client.force_login(self.nora)
        for path in ("/es/worklist/", "/es/my/", "/es/landing/", "/es/admin/", "/es/account/"):
            self.assertEqual(self.client.get(path).status_code, 404, path)

    def test_sign_in_leads_back_inside_only(self):
        self.client.logout()
        for wanted, found in (("/worklist/", "/worklist/"), ("https://evil.example/", "/landing/")):
            with self.subTest(next=wanted):
                form = {"login": "nora@oak.example", "password": "correct horse battery", "next": wanted}
                response = Client().post("/accounts/login/", form)
                self.assertRedirects(response, found, fetch_redirect_response=False)
