"""What a browser posts to record a fill; shared by the tests of recording and of amending."""

import datetime
import html
import re
import uuid

from pumps.models import Drug
from tests.triples import triple

TODAY = datetime.date(2026, 11, 23)


def payload(**overrides):
    """A sound fill of today: 18.5 mL put in, morphine 10 mg per mL at 5 mg daily, no extra doses."""
    values = {
        "key": str(uuid.uuid4()),
        "unit": "mg",
        "residual_ml": "",
        "left_ml": "0",
        "filled_ml": "18.5",
        "drug": str(Drug.objects.get(name="morphine").pk),
        "concentration": "10",
        "daily_dose": "5",
        "is_diluted": "no",
        "bolus_dose": "",
        "max_activations": "",
        "lockout_minutes": "",
        "alarm_ml": "2",
        "note": "",
        **triple("filled_on", TODAY),
        **triple("beyond_use_on", None),
        **triple("printed_alarm_on", None),
    }
    return {**values, **overrides}


def words(response):
    """The text of a page as one line, without no-break spaces."""
    text = html.unescape(response.content.decode()).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def shown(response, name):
    """The value an input of the page holds."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())
    value = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return html.unescape(value[1]) if value else ""


def complaints(response):
    """The lines of the error summary."""
    found = re.search(r'id="error-summary".*?</ul>', words(response))
    return found[0] if found else ""
