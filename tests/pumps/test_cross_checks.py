from decimal import Decimal
from fractions import Fraction

import pytest

from pumps import cross_checks
from pumps.fill import ImpossibleInput
from pumps.units import plain


@pytest.mark.parametrize(
    ("vector", "filled", "expected", "actual", "difference", "percent", "flags"),
    [
        ("G4", "20", "5", "2.5", "2.5", "16.67", (True, True)),
        ("G18", "18", "3", "2.9", "0.1", "0.67", (False, False)),
        ("exactly 2 mL", "40", "5", "3", "2", "5.71", (False, False)),
        ("just over 2 mL", "40", "5", "2.99", "2.01", "5.74", (True, False)),
        ("exactly 14.5 %", "15", "5", "3.55", "1.45", "14.5", (False, False)),
        ("just over 14.5 %", "15", "5", "3.54", "1.46", "14.6", (False, True)),
        ("too little delivered", "20", "5", "8", "-3", "-20", (True, True)),
    ],
)
def test_discrepancy(vector, filled, expected, actual, difference, percent, flags):
    found = cross_checks.discrepancy(Decimal(expected), Decimal(actual), Decimal(filled))
    assert plain(found.difference_ml) == difference
    assert plain(found.delivered_percent, 2) == percent
    assert (found.over_volume, found.over_percent) == flags
    assert found.is_flagged is any(flags)


def test_a_pump_that_should_have_delivered_nothing_has_no_percentage():
    found = cross_checks.discrepancy(20, 17, 20)
    assert found.delivered_percent is None
    assert (found.over_volume, found.over_percent) == (True, False)


@pytest.mark.parametrize(
    ("vector", "injected", "recovered", "capacity", "suspect"),
    [
        ("G9", "40", "38.5", "40", False),
        ("exactly 2 mL", "40", "38", "40", False),
        ("more than 2 mL", "40", "37.9", "40", True),
        ("exactly 1 mL", "20", "19", "20", False),
        ("more than 1 mL", "20", "18.9", "20", True),
    ],
)
def test_after_fill(vector, injected, recovered, capacity, suspect):
    found = cross_checks.after_fill_check(Decimal(injected), Decimal(recovered), Decimal(capacity))
    assert found.suspect_pocket_fill is suspect
    assert found.missing_ml == Fraction(injected) - Fraction(recovered)
    assert found.limit_ml == (1 if capacity == "20" else 2)


@pytest.mark.parametrize(("residual", "state"), [("2.01", "ok"), ("2.00", "low"), ("0.00", "empty")])
def test_j4_what_the_counter_says(residual, state):
    assert cross_checks.reservoir_state(Decimal(residual), Decimal(2)) == state


@pytest.mark.parametrize(
    ("vector", "volume", "flow", "days"),
    [
        ("G10", 20, "0.5", "1.07"),
        ("G13", 20, "0.1", "5.33"),
        ("G14", 20, "0.25", "2.13"),
        ("G15", 40, "0.1", "30.66"),
    ],
)
def test_a_fast_pump_is_dry_before_its_alarm(vector, volume, flow, days):
    found = cross_checks.days_empty_before_alarm(volume, 2, Decimal(flow), Decimal("0.145"))
    assert plain(found, 2) == days
    assert cross_checks.days_empty_before_alarm(volume, 10, Decimal(flow), Decimal("0.145")) == 0


@pytest.mark.parametrize(("volume", "least"), [(20, "2.533"), (40, "5.066")])
def test_g12_the_alarm_volume_that_covers_the_accuracy(volume, least):
    assert plain(cross_checks.alarm_covering_accuracy_ml(volume, Decimal("0.145")), 3) == least


def test_h1_a_bridge_to_a_stronger_drug():
    found = cross_checks.bridge(Decimal("0.35"), 500, 2000, 400)
    assert (found.old_flow_ml, found.new_flow_ml) == (Fraction("0.8"), Fraction("0.2"))
    assert (found.hours, found.dose_mcg) == (Fraction("10.5"), 175)
    assert (found.unbridged_daily_mcg, found.unbridged_percent, found.unbridged_hours) == (100, 25, 42)


def test_x7_the_opposite_change_would_overdose_without_a_bridge():
    found = cross_checks.bridge(Decimal("0.35"), 2000, 500, 400)
    assert (found.unbridged_daily_mcg, found.unbridged_percent) == (1600, 400)
    assert found.unbridged_hours == Fraction("10.5")


def test_a_bridge_to_another_dose():
    found = cross_checks.bridge(Decimal("0.35"), 500, 2000, 400, 500)
    assert found.new_flow_ml == Fraction("0.25")
    assert found.unbridged_percent == 25


@pytest.mark.parametrize("doses", [(0, None), (-1, None), (400, 0)])
def test_a_bridge_needs_a_dose(doses):
    with pytest.raises(ImpossibleInput) as refused:
        cross_checks.bridge(Decimal("0.35"), 500, 2000, *doses)
    assert refused.value.field == "daily_dose"


def test_the_alarm_after_a_bridge():
    found = cross_checks.bridge(Decimal("0.35"), 500, 2000, 400)
    # 0.4375 + (20 - 0.35 - 2) / 0.2 = 88.6875
    assert cross_checks.days_to_alarm_after_bridge(found, 20, Decimal("0.35"), 2) == 88
    with pytest.raises(ImpossibleInput):
        cross_checks.days_to_alarm_after_bridge(found, 2, Decimal("0.35"), 2)


@pytest.mark.parametrize(
    ("vector", "catheter", "tubing", "port", "strength", "volume", "dose"),
    [
        ("I3", "60", "0", "0.14", 2000, "0.272", "544"),
        ("X10", "38.1", "0.199", "0", 500, "0.28282", "141.41"),
    ],
)
def test_priming(vector, catheter, tubing, port, strength, volume, dose):
    path = cross_checks.path_volume_ml(Decimal(catheter), Decimal("0.0022"), Decimal(tubing), Decimal(port))
    assert plain(path) == volume
    assert plain(cross_checks.priming_dose_mcg(path, strength)) == dose


def test_i4_a_catheter_by_its_measures():
    assert plain(cross_checks.catheter_volume_ml(32, Decimal("0.8")), 4) == "0.1608"


def test_i5_a_priming_volume_is_days_of_therapy():
    path = Decimal("0.28")
    assert cross_checks.priming_dose_mcg(path, 10_000) == 2800
    assert cross_checks.priming_days(path, 10_000, 1000) == Fraction("2.8")


def test_h6_a_mixture():
    found = cross_checks.mixture_mcg_per_ml([(Decimal("1.4"), 500), (Decimal("18.6"), 2000)])
    assert found == 1895
    assert cross_checks.percent_change(2000, found) == Fraction("-5.25")
    with pytest.raises(ImpossibleInput):
        cross_checks.mixture_mcg_per_ml([])


def test_h8_a_wrong_concentration():
    assert cross_checks.concentration_error_factor(Decimal("1.0"), Decimal("0.1")) == 10
    assert cross_checks.concentration_error_factor(500, 2000) == Fraction("0.25")  # X11


@pytest.mark.parametrize(("after", "percent"), [(330, 10), (390, 30)])
def test_m5_a_change_of_dose_in_percent(after, percent):
    assert cross_checks.percent_change(300, after) == percent


def test_an_admixture_follows_the_flow():
    found = cross_checks.admixture_daily_mcg(Decimal("0.5"), {"morphine": 10_000, "clonidine": 100})
    assert found == {"morphine": 5000, "clonidine": 50}


@pytest.mark.parametrize(
    ("vector", "dose", "strength", "stroke", "per_day", "minutes", "each"),
    [
        ("K2", 40, 350, "0.0025", "45.71", "31.5", "0.875"),
        ("K3", 500, 1000, "0.01", "50", "28.8", "10"),
        ("W6", 500, 20_000, "0.0025", "10", "144", "50"),
    ],
)
def test_strokes(vector, dose, strength, stroke, per_day, minutes, each):
    found = cross_checks.actuations(dose, strength, Decimal(stroke))
    shown = [plain(found.per_day, 2), plain(found.minutes_between, 2), plain(found.mcg_each)]
    assert shown == [per_day, minutes, each]


def test_strokes_need_a_dose():
    with pytest.raises(ImpossibleInput):
        cross_checks.actuations(0, 350, Decimal("0.0025"))


def test_l1_a_constant_flow_pump_is_dosed_by_its_mixture():
    found = cross_checks.constant_flow_preparation(40, Decimal("0.5"), 3000, 25_000)
    assert (found.days, found.mass_mcg) == (80, 240_000)
    assert (found.drug_ml, found.saline_ml) == (Fraction("9.6"), Fraction("30.4"))
    with pytest.raises(ImpossibleInput):
        cross_checks.constant_flow_preparation(40, Decimal("0.5"), 30_000, 25_000)


def test_m2_a_vial_after_three_rinses():
    assert cross_checks.left_after_rinses_ml(20, 3, 2) == 14
