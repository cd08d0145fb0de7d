"""The pages of a pump: no accessibility violation, no sideways scroll, no complaint of the browser."""

import pytest

from tests.browser import places
from tests.browser.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", places.PUMPS, ids=str)
def test_page(place, day, visit_as):
    sweep(place, day, visit_as)
