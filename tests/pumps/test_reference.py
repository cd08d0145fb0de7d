from datetime import date
from decimal import Decimal

import pytest

from pumps import reference
from pumps.reference import Origin, drug, drugs, models, pump_model, stability_days, stability_limits
from pumps.refill import FlowRange

SYNCHROMED = FlowRange(Decimal("0.048"), Decimal(24))


@pytest.mark.parametrize(
    ("code", "capacity", "flow_range", "alarm"),
    [
        ("8637-20", 20, SYNCHROMED, 2),
        ("8637-40", 40, SYNCHROMED, 2),
        ("8667-20", 20, SYNCHROMED, 2),
        ("8667-40", 40, SYNCHROMED, 2),
        ("11827", 20, FlowRange(Decimal(0), Decimal("28.8")), 3),
        ("13827", 20, FlowRange(Decimal(0), Decimal("28.8")), 3),
        ("16827", 40, FlowRange(Decimal(0), Decimal("28.8")), 3),
    ],
)
def test_pump_models(code, capacity, flow_range, alarm):
    model = pump_model(code)
    assert (model.capacity_ml, model.flow_range, model.default_alarm_ml) == (capacity, flow_range, alarm)
    assert model.accuracy == Decimal("0.145")


def test_only_exact_codes_and_names_are_known():
    assert pump_model("8637-60") is None
    assert pump_model("8637-20 ") is None
    assert drug("Morphine") is None
    assert drug("morphine").spanish_name == "morfina"


def test_drugs_are_lower_case_with_tall_letters_for_staff():
    assert [(each.name, each.staff_name, each.unit) for each in drugs()] == [
        ("morphine", "morphine", "mg"),
        ("hydromorphone", "HYDROmorphone", "mg"),
        ("fentanyl", "fentaNYL", "mcg"),
        ("sufentanil", "SUFentanil", "mcg"),
        ("bupivacaine", "bupivacaine", "mg"),
        ("clonidine", "cloNIDine", "mcg"),
        ("baclofen", "baclofen", "mcg"),
        ("ziconotide", "ziconotide", "mcg"),
    ]
    assert all(each.name == each.staff_name.lower() and each.spanish_name for each in drugs())


@pytest.mark.parametrize(
    ("name", "first_fill", "diluted", "days"),
    [
        ("morphine", None, None, 90),
        ("morphine", True, False, 90),
        ("hydromorphone", False, True, 90),
        ("baclofen", False, False, 180),
        ("ziconotide", True, False, 14),
        ("ziconotide", True, None, 14),
        ("ziconotide", False, True, 40),
        ("ziconotide", False, False, 84),
        ("ziconotide", False, None, 40),
        ("ziconotide", None, False, 14),  # what is not known counts as possible
        ("fentanyl", None, None, None),
        ("bupivacaine", True, True, None),
        ("unknown", None, None, None),
    ],
)
def test_the_shortest_limit_that_may_apply(name, first_fill, diluted, days):
    assert stability_days(name, first_fill=first_fill, diluted=diluted) == days


def test_every_figure_names_its_source_and_none_is_confirmed_yet():
    for model in models():
        for origin in (model.flow_origin, model.accuracy_origin, model.alarm_origin, model.mri_origin):
            assert origin.source
            assert not origin.is_confirmed
    for row in (*models(), *drugs(), *stability_limits()):
        assert (bool(row.source), row.confirmed_by, row.confirmed_on) == (True, "", None)


def test_every_limit_is_for_a_known_drug_and_no_key_stands_twice():
    assert {limit.drug for limit in stability_limits()} <= {each.name for each in drugs()}
    keys = [(limit.drug, limit.first_fill, limit.diluted) for limit in stability_limits()]
    codes = [model.code for model in models()]
    assert len(set(keys)) == len(keys)
    assert len(set(codes)) == len(codes)


def test_a_confirmed_figure_says_by_whom_and_when():
    row = {"source": "manual", "confirmed_by": "Dr Reyes", "confirmed_on": "2026-11-01"}
    origin = reference._origin(row)
    assert origin == Origin("manual", "Dr Reyes", date(2026, 11, 1))
    assert origin.is_confirmed
