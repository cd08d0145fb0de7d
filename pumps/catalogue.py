"""Bring the reference figures of pumps/reference.py into the tables."""

from typing import Any

from django.apps import apps as installed

from pumps import reference


def load(apps: Any = installed) -> None:
    """Add what is missing; a figure that a clinic has changed or confirmed stays as it is."""
    for model in reference.models():
        apps.get_model("pumps", "PumpModel").objects.get_or_create(
            code=model.code, defaults=model_fields(model)
        )
    drugs = {}
    for drug in reference.drugs():
        defaults = {
            "tall_man": drug.staff_name if drug.staff_name != drug.name else "",
            "name_es": drug.spanish_name,
            "usual_unit": drug.unit,
        }
        drugs[drug.name], _ = apps.get_model("pumps", "Drug").objects.get_or_create(
            name=drug.name, defaults=defaults
        )
    for limit in reference.stability_limits():
        apps.get_model("pumps", "StabilityLimit").objects.get_or_create(
            drug=drugs[limit.drug],
            first_fill=limit.first_fill,
            diluted=limit.diluted,
            defaults={"days": limit.days, **origin_fields(limit)},
        )


def model_fields(model: reference.PumpModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "maker": model.manufacturer,
        "capacity_ml": model.capacity_ml,
        "default_alarm_ml": model.default_alarm_ml,
        "least_flow_ml_per_day": model.flow_range.least,
        "most_flow_ml_per_day": model.flow_range.most,
        "accuracy": model.accuracy,
        "service_years": 7 if model.name.startswith("SynchroMed") else None,
        **origin_fields(model),
    }


def origin_fields(row: reference.PumpModel | reference.StabilityLimit) -> dict[str, Any]:
    return {"source": row.source[:300], "confirmed_by": row.confirmed_by, "confirmed_on": row.confirmed_on}
