"""Two editors press “Save” on the same text at the same moment."""

import threading

from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.education import actions
from tests.base import ClinicTransactionTestCase
from tests.education.test_actions import make_text
from tests.pumps.test_admin import sent


class SaveAtOnceTests(ClinicTransactionTestCase):
    def test_one_is_saved_and_the_other_is_told(self):
        text = make_text(body="<h2>First</h2><p>Words.</p>")
        actions.save_version(actor=self.edie, translation=text)
        self.url = reverse("admin:education_translation_change", args=[text.pk])
        self.start, self.answers = threading.Barrier(2), []
        editors = [threading.Thread(target=self.save, args=self.form(who)) for who in (self.edie, self.sam)]
        for one in editors:
            one.start()
        for one in editors:
            one.join()
        self.assertEqual(sorted(self.answers), [200, 302])
        self.assertEqual(text.callout_set.count(), 1)
        self.assertEqual(text.versions.count(), 2)

    def form(self, who):
        """Return a signed-in browser and what it is about to send."""
        client = Client()
        client.force_login(who)
        callout = {"callout_set-0-heading": who.name, "callout_set-0-text": "Words"}
        return client, sent(client.get(self.url)) | callout | {"title": who.name, "_save": "1"}

    def save(self, client, data):
        self.start.wait()
        try:
            self.answers.append(client.post(self.url, data).status_code)
        finally:
            connection.close()
