"""A clinic's day from end to end: a fill becomes dates, a booked visit, reminders that arrive, a confirmed visit."""

import datetime
import os
import subprocess
import sys
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, connections

from portal.reminders import engine
from portal.reminders.models import Reminder
from pumps.models import Visit
from tests.base import CHICAGO, PASSWORD, Cast, restore_catalogue
from tests.browser.axe import assert_accessible
from tests.reminders.mail import smtp_server

DAY = datetime.timedelta(days=1)
# A Wednesday morning at the clinic; the clock runs on from there.
MORNING = datetime.datetime(2026, 6, 17, 10, 20, tzinfo=CHICAGO)
ROSAS = "rosa@mail.example"
# Another process takes the same step at the same moment, as a second worker on a second machine would.
ENGINE = """
import sys, time_machine
with time_machine.travel(float(sys.argv[1])):
    import django
    django.setup()
    from django.core.management import call_command
    call_command("engine", "--once")
"""


class Clinic(Cast):
    """Rosa's pump was filled forty days ago; her nurse and she can sign in."""

    def __init__(self):
        restore_catalogue()
        self.make_cast(self)
        filled_on = self.oak.today() - 40 * DAY
        self.fill(filled_on=filled_on, left_ml=Decimal(0), now=MORNING - 40 * DAY)
        self.fill(self.dales_pump, filled_on=filled_on, now=MORNING - 40 * DAY)


def sign_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def words(page):
    """Return what the page says, with plain spaces."""
    return page.get_by_role("main").inner_text().replace("\xa0", " ")


def record_a_fill(page):
    """Open Rosa's pump from the work-list and record today's fill."""
    page.get_by_role("link", name="Rosa Villanueva", exact=True).first.click()
    page.get_by_role("link", name="NGP000001H").first.click()
    page.get_by_role("link", name="Record a fill").first.click()
    page.get_by_label("Residual drawn").fill("1.2")
    page.get_by_label("Daily dose").fill("4")
    page.get_by_role("button", name="Continue to check").click()
    # 20 mL at 10 mg per mL and 4 mg daily: 45 days to the alarm at 2 mL, less 7 days of lead, on a working day.
    assert "0.4 mL per day" in words(page)
    assert_accessible(page)
    page.get_by_role("button", name="Save the fill").click()


def book_a_visit(page):
    """Take the first free place on the last day that is offered."""
    page.get_by_role("link", name="Book a visit").first.click()
    while page.get_by_role("link", name="Week after").count():
        page.get_by_role("link", name="Week after").click()
    page.locator("input[type=radio]").last.check()
    page.get_by_role("button", name="Book this time").click()


def sweep_in_another_process(moment, port):
    database = connection.settings_dict
    host, name = database["HOST"], database["NAME"]
    environ = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@{host}:{database['PORT']}/{name}",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-c", ENGINE, str(moment.timestamp())]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def sweep_in_a_thread(tally):
    tally.append(engine.sweep().sent)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_fill_becomes_a_visit_and_reminders_and_the_patient_confirms(new_page, settings):
    with time_machine.travel(MORNING) as clock:
        clinic = Clinic()
        nurse = new_page()
        sign_in(nurse, clinic.nora.email)
        nurse.wait_for_url("**/worklist/")

        record_a_fill(nurse)
        told = words(nurse)
        assert "24-Jul-2026 (Fri)" in told
        assert "7 days before" in told

        book_a_visit(nurse)
        visit = Visit.objects.get()
        assert visit.starts_at.astimezone(CHICAGO).date() <= datetime.date(2026, 7, 24)

        with smtp_server(timeout=10) as mail:
            engine.sweep()
            planned = Reminder.objects.filter(patient=clinic.rosa)
            assert sorted(planned.values_list("rung", flat=True)) == [1, 3, 7, 14]
            assert not [to for to in mail.recipients if to == ROSAS]

            for days in (14, 7, 3, 1):
                check_that_one_arrives(clock, visit.starts_at - days * DAY, mail, settings)

            clock.move_to(visit.starts_at - 20 * DAY / 24)
            patient = new_page(width=390)
            confirm(patient)
        assert Visit.objects.get().confirmed_at

        nurse = new_page()
        sign_in(nurse, clinic.nora.email)
        row = nurse.get_by_role("row").filter(has_text="Rosa Villanueva")
        assert "confirmed" in row.inner_text()


def check_that_one_arrives(clock, moment, mail, settings):
    """Move the clock: one message in Spanish, and none more from whoever sweeps again."""
    moment = moment.astimezone(CHICAGO).replace(hour=12, minute=0)
    before = mail.recipients.count(ROSAS)
    clock.move_to(moment)
    assert engine.sweep().failed == 0
    assert mail.recipients.count(ROSAS) == before + 1
    message = [m for m, to in zip(mail.messages, mail.recipients, strict=True) if to == ROSAS][-1]
    text = message.get_body(("plain",)).get_content()
    assert "Oak Street Clinic" in text
    assert "julio" in text
    assert "morphine" not in text + message["Subject"]

    tally = []
    other = threading.Thread(target=sweep_in_a_thread, args=[tally])
    other.start()
    assert engine.sweep().sent == 0
    other.join(30)
    assert tally == [0]
    assert "sent 0" in sweep_in_another_process(moment, settings.EMAIL_PORT)
    assert mail.recipients.count(ROSAS) == before + 1


def confirm(page):
    """Sign in as Rosa, whose pages are in Spanish, see the visit and confirm it."""
    sign_in(page, ROSAS)
    page.wait_for_url("**/my/")
    assert page.locator("html").get_attribute("lang") == "es"
    card = page.locator(".date-card")
    assert "julio de 2026" in card.inner_text()
    assert_accessible(page)
    card.get_by_role("button").click()
    page.wait_for_load_state()
    assert page.locator(".date-card form").count() == 0
