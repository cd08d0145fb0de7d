"""Settings that move dates: clinics with their closures and lead days, and the catalogue's figures.

Clinics are registered here and not beside their model, because saving one recomputes its pumps' dates.
"""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.accounts.admin import (
    NamedCells,
    NoLookups,
    SiteAdminOnly,
    changed_names,
    is_site_admin,
    own_clinics,
)
from portal.accounts.models import Clinic, Closure, Room
from portal.audit import log
from portal.wakeups import wake_engine
from pumps import actions
from pumps.admin_fields import StrictFields
from pumps.models import Drug, Pump, PumpModel, StabilityLimit

# What only a site admin changes: they say which clinic this is, and whose pages a web address shows.
FOR_SITE_ADMINS = ("name", "host_name")
PHONES = ("phone", "phone_24h")
DEMO_ONLY = ("sends_at_any_hour",)


class OwnClinic(NoLookups, StrictFields):
    """Open to site admins, and to the clinic admins of this clinic."""

    def has_module_permission(self, request):
        return request.user.has_module_perms("accounts")

    def has_view_permission(self, request, obj=None):
        return is_site_admin(request) or (
            request.user.has_module_perms("accounts") and (obj is None or obj in own_clinics(request))
        )

    has_change_permission = has_view_permission


class ClosureInline(OwnClinic, NamedCells):
    """Days on which the clinic is closed beside weekends."""

    model = Closure
    extra = 1
    has_add_permission = has_delete_permission = OwnClinic.has_view_permission


class RoomInline(OwnClinic, NamedCells):
    """Rooms for visits; one no longer in use is unticked, never deleted."""

    model = Room
    extra = 0
    can_delete = False
    has_add_permission = OwnClinic.has_view_permission


@admin.register(Clinic)
class ClinicAdmin(OwnClinic, admin.ModelAdmin):
    """A clinic's numbers, hours, lead days, closures and rooms."""

    inlines = [ClosureInline, RoomInline]
    list_display = ["name", "phone", "phone_24h", "lead_days"]
    actions = None

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found if is_site_admin(request) else found.filter(pk__in=[c.pk for c in own_clinics(request)])

    def has_add_permission(self, request):
        return is_site_admin(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_exclude(self, request, obj=None):
        return () if settings.DEMO else DEMO_ONLY

    def get_readonly_fields(self, request, obj=None):
        return () if is_site_admin(request) else FOR_SITE_ADMINS

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Say beside the two numbers what a wrong one would do to every patient."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in PHONES:
            field.help_text = _("Call both numbers from outside before you save.")
        return field

    def save_related(self, request, form, formsets, change):
        """Store closures and rooms, then move the dates that follow from them: one transaction."""
        super().save_related(request, form, formsets, change)
        changed = [name for part in (form, *formsets) for name in changed_names(part)]
        moved = actions.recompute(clinic=form.instance)
        log.record(
            actor=request.user,
            action="clinic.changed" if change else "clinic.added",
            subject=form.instance,
            clinic=form.instance,
            detail={"fields": sorted(set(changed)), "moved": moved},
        )
        wake_engine()


class Figures(SiteAdminOnly, StrictFields, admin.ModelAdmin):
    """A figure of the catalogue: changing or confirming it moves the dates of the pumps it touches."""

    actions = None

    def pumps_of(self, obj):
        raise NotImplementedError

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self.moved(request, obj, "changed" if change else "added", form.changed_data)

    def moved(self, request, obj, verb, fields):
        moved = actions.recompute(pumps=self.pumps_of(obj))
        detail = {"id": obj.pk, "fields": sorted(fields), "moved": moved}
        log.record(actor=request.user, action=f"{obj._meta.model_name}.{verb}", detail=detail)
        wake_engine()


@admin.register(PumpModel)
class PumpModelAdmin(Figures):
    """Pump models: what a clinic may confirm otherwise than the maker's sheet."""

    list_display = ["code", "name", "capacity_ml", "accuracy", "confirmed_by", "confirmed_on"]
    readonly_fields = [
        "code",
        "name",
        "maker",
        "capacity_ml",
        "least_flow_ml_per_day",
        "most_flow_ml_per_day",
    ]

    def has_add_permission(self, request):
        return False

    def pumps_of(self, obj):
        return Pump.objects.filter(model=obj)


@admin.register(StabilityLimit)
class StabilityLimitAdmin(Figures):
    """How long a drug keeps in the pump."""

    list_display = ["drug", "first_fill", "diluted", "days", "confirmed_by", "confirmed_on"]
    list_select_related = ["drug"]

    def has_delete_permission(self, request, obj=None):
        return is_site_admin(request)

    def pumps_of(self, obj):
        return Pump.objects.filter(programs__lines__drug=obj.drug).distinct()

    def delete_model(self, request, obj):
        pk = obj.pk
        super().delete_model(request, obj)
        obj.pk = pk
        self.moved(request, obj, "deleted", [])


@admin.register(Drug)
class DrugAdmin(SiteAdminOnly, admin.ModelAdmin):
    """Names of drugs, as staff and patients read them."""

    list_display = ["name", "tall_man", "name_es", "usual_unit"]
    readonly_fields = ["name", "usual_unit"]
    actions = None

    def has_add_permission(self, request):
        return False
