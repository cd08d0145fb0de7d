"""Who edits education pages: content editors and site admins. Nothing is deleted here; pages are taken back."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.text import capfirst

from portal.accounts.admin import changed_names
from portal.accounts.models import Role, User
from portal.audit import log

EDITORS = (Role.EDITOR, Role.SITE_ADMIN)


def is_editor(request) -> bool:
    return request.user.is_active and request.user.has_role(*EDITORS)


def require_editor(request) -> None:
    if not is_editor(request):
        raise PermissionDenied


def editors(day, also=None):
    """Return those who may look after a page: people who edit on this day, and the one with this key."""
    at_work = Q(
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=day),
        memberships__role__in=EDITORS,
        memberships__starts_on__lte=day,
        is_active=True,
    )
    return User.objects.filter(at_work | Q(pk=also)).distinct().order_by("name")


class ForEditors:
    """Open to editors; no deletion, no bulk actions, no lookups beside the filters shown."""

    actions = None
    show_full_result_count = False

    def changelist_view(self, request, extra_context=None):
        """Head a list with what it lists."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_module_permission(self, request):
        return is_editor(request)

    def has_view_permission(self, request, obj=None):
        return is_editor(request)

    def has_add_permission(self, request, obj=None):
        return is_editor(request)

    def has_change_permission(self, request, obj=None):
        return is_editor(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in {getattr(one, "parameter_name", one) for one in self.list_filter}


class Recorded:
    """Leaves an audit event when something was added or changed: which fields, never what they say."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        name = self.opts.model_name
        changed = {one for part in (form, *formsets) for one in changed_names(part)}
        log.record(
            actor=request.user,
            action=f"education.{name}_{'changed' if change else 'added'}",
            detail={"id": form.instance.pk, "fields": sorted(changed)},
        )
