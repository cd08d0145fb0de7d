"""The way to a recorded fill with scripts switched off, and a clinic on its first day."""

import pytest

from portal.accounts.models import Clinic, Role
from pumps.models import Cycle
from tests.base import PASSWORD, Cast, make_staff, restore_catalogue, restore_content
from tests.browser.axe import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


class Day(Cast):
    def __init__(self):
        restore_catalogue()
        self.make_cast(self)
        self.fill()


def sign_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_a_fill_is_recorded_without_scripts(new_page):
    day = Day()
    page = new_page(width=390, java_script_enabled=False)
    sign_in(page, day.nora.email)
    page.goto(day.pump.get_absolute_url())
    page.get_by_role("link", name="Record a fill").click()
    page.get_by_label("Volume put in").fill("1,5")
    page.get_by_role("button", name="Continue to check").click()
    assert page.title().startswith("Error: ")
    page.get_by_label("Volume put in").fill("18")
    page.get_by_role("button", name="Continue to check").click()
    page.get_by_role("button", name="Save the fill").click()
    assert page.get_by_text("18 mL").count()
    assert Cycle.objects.filter(pump=day.pump, filled_ml=18, ended_on=None).count() == 1


def test_an_empty_work_list_says_what_to_do(new_page):
    restore_catalogue()
    restore_content()
    clinic = Clinic.objects.create(
        name="Birch Clinic",
        sender_name="Birch Clinic",
        address="1 Birch Way, Dayton, OH 45402",
        time_zone="America/New_York",
        phone="+19375550123",
        phone_24h="+19375550199",
    )
    nurse = make_staff("ada@birch.example", "Ada Finch", Role.NURSE, clinic, credential="RN")
    page = new_page(reduced_motion="reduce")
    sign_in(page, nurse.email)
    page.wait_for_url("**/worklist/")
    assert page.locator("main a[href='/patients/new/']").count()
    for path in ("/worklist/", "/patients/", "/alarms/", "/help/alarm/", "/"):
        page.goto(path)
        page.set_viewport_size({"width": 320, "height": 800})
        assert_accessible(page)
    assert page.get_by_role("main").get_by_text("937-555-0199").count()
