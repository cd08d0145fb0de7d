"""Who signs in, set up by a site admin; a clinic admin sees the roles of the own clinic. No patients here."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership, Role, User
from portal.audit import log
from portal.fields import AddressField

# Roles are memberships, not groups; addresses of patients do not belong here.
admin.site.unregister([Group, EmailAddress])


def is_site_admin(request) -> bool:
    return request.user.is_active and request.user.has_role(Role.SITE_ADMIN)


def own_clinics(request) -> list:
    """Return the clinics that this person administers."""
    return request.user.clinics(Role.CLINIC_ADMIN)


class NoLookups:
    """Addresses such as ?password__startswith= tell nothing: only what stands in list_filter is asked."""

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in self.list_filter

    def history_view(self, request, *args, **kwargs):
        """Refuse those without a role here before anything is looked up: 403, as on every other page."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, *args, **kwargs)


class SiteAdminOnly(NoLookups):
    """Open to site admins; nothing is ever deleted here."""

    def has_module_permission(self, request):
        return is_site_admin(request)

    def has_view_permission(self, request, obj=None):
        return is_site_admin(request)

    def has_add_permission(self, request, obj=None):
        return is_site_admin(request)

    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False


class UserForm(forms.ModelForm):
    """A member of staff. The password is typed here once, or set by the person through a reset link."""

    new_password = forms.CharField(
        label=_("new password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one they have."),
    )

    email = AddressField(label=_("E-mail"), max_length=254)

    class Meta:
        model = User
        fields = ["email", "name", "credential", "language", "is_active"]

    def clean_new_password(self):
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit=True):
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
        elif self.instance._state.adding:
            self.instance.set_unusable_password()
        return super().save(commit)


class NamedCells(admin.TabularInline):
    """A table of rows whose fields say their column's name to a screen reader."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.deletion_widget = forms.CheckboxInput({"aria-label": _("Delete this row")})
        return formset


class MembershipInline(SiteAdminOnly, NamedCells):
    """Roles from a day and until a day; ended with a date, never taken away."""

    model = Membership
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(SiteAdminOnly, admin.ModelAdmin):
    """Staff accounts. People who are patients are not listed."""

    form = UserForm
    inlines = [MembershipInline]
    list_display = ["name", "credential", "email", "is_active"]
    search_fields = ["name", "email"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).filter(patient=None)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        changed = [name for part in (form, *formsets) for name in changed_names(part)]
        log.record(
            actor=request.user,
            action="account.changed" if change else "account.added",
            subject=form.instance,
            detail={"fields": sorted(set(changed))},
        )


def changed_names(part) -> list[str]:
    """Return which fields of a form, or of a formset's forms, were changed; names, never values."""
    forms_of = getattr(part, "forms", None) or [part]
    return [name for one in forms_of for name in getattr(one, "changed_data", [])]


@admin.register(Membership)
class MembershipAdmin(SiteAdminOnly, admin.ModelAdmin):
    """Who has which role: to read only; a site admin changes it on the person's page."""

    list_display = ["user", "role", "clinic", "starts_on", "ends_on"]
    list_select_related = ["user", "clinic"]
    actions = None

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found if is_site_admin(request) else found.filter(clinic__in=own_clinics(request))

    def has_module_permission(self, request):
        return request.user.has_module_perms("accounts")

    def has_view_permission(self, request, obj=None):
        if obj is None:
            return request.user.has_module_perms("accounts")
        return is_site_admin(request) or obj.clinic in own_clinics(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
