"""Who signs in, which clinics there are, and who has which role where."""

import datetime
import uuid
import zoneinfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.accounts.roles import CLINICAL, OF_A_CLINIC, Role
from portal.dates import day_in

__all__ = ["CLINICAL", "OF_A_CLINIC", "Clinic", "Closure", "Membership", "Role", "Room", "User"]


SATURDAY = 5


def validate_zone(name: str) -> None:
    """Refuse a time zone that the zone database does not list."""
    if name not in zoneinfo.available_timezones() or "/" not in name:
        raise ValidationError(_("Choose a zone from the list, such as America/Chicago."))


class Clinic(models.Model):
    """A clinic's name, numbers, hours and lead days. Patients' pages and messages show these."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    sender_name = models.CharField(
        _("neutral sender"),
        max_length=40,
        help_text=_("Shown in e-mails and texts. It must not name a disease, a treatment or a device."),
    )
    address = models.TextField(_("address"), max_length=300, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Chicago", validators=[validate_zone]
    )
    phone = PhoneNumberField(_("phone in hours"))
    phone_24h = PhoneNumberField(_("24-hour line"))
    host_name = models.CharField(
        _("host name"),
        max_length=253,
        blank=True,
        help_text=_(
            "If this clinic has a web address of its own, its public pages show only this clinic's numbers."
        ),
    )
    numbers_checked_on = models.DateField(
        _("numbers checked on"), null=True, blank=True, help_text=_("When someone last called both numbers.")
    )
    on_call_name = models.CharField(_("on-call contact"), max_length=80, blank=True)
    on_call_email = models.EmailField(_("on-call e-mail"), blank=True)
    on_call_phone = PhoneNumberField(_("on-call phone"), blank=True)
    lead_days = models.PositiveSmallIntegerField(
        _("lead days"),
        default=7,
        help_text=_("Calendar days between the refill-by date and the low-reservoir alarm."),
    )
    opens_at = models.TimeField(_("opens at"), default=datetime.time(8))
    closes_at = models.TimeField(_("closes at"), default=datetime.time(17))
    visit_minutes = models.PositiveSmallIntegerField(_("visit length (minutes)"), default=60)
    sends_at_any_hour = models.BooleanField(
        _("sends at any hour"), default=False, help_text=_("For the demo only: reminders ignore quiet hours.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="accounts_clinic_closes_after_opening",
                violation_error_message=_("The clinic must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(lead_days__lte=60),
                name="accounts_clinic_lead_days_at_most_60",
                violation_error_message=_("Lead days must be 60 or fewer."),
            ),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=10, visit_minutes__lte=480),
                name="accounts_clinic_visit_minutes_in_range",
                violation_error_message=_("A visit lasts from 10 to 480 minutes."),
            ),
            models.UniqueConstraint(
                Lower("host_name"), condition=~Q(host_name=""), name="accounts_clinic_host_name_unique"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self, now: datetime.datetime | None = None) -> datetime.date:
        """Return the civil date at the clinic."""
        return day_in(self.zone, now or timezone.now())

    def is_open(self, now: datetime.datetime) -> bool:
        """Return whether the office answers its phone at this moment."""
        here = now.astimezone(self.zone)
        in_hours = here.weekday() < SATURDAY and self.opens_at <= here.time() < self.closes_at
        return in_hours and not self.closures.filter(on=here.date()).exists()

    def closure_days(self) -> frozenset[datetime.date]:
        """Return the days this clinic is closed beside weekends."""
        return frozenset(self.closures.values_list("on", flat=True))


class Closure(models.Model):
    """A day on which a clinic is closed beside weekends."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="closures")
    on = models.DateField(_("day"))
    name = models.CharField(_("reason"), max_length=60)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["clinic", "on"], name="accounts_closure_one_a_day")]

    def __str__(self):
        return f"{self.on} {self.name}"


class Room(models.Model):
    """A room in which visits take place."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=40)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="accounts_room_name_unique")]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who signs in: a patient, or staff through a membership."""

    class Language(models.TextChoices):
        EN = "en", "English"
        ES = "es", "Español"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    credential = models.CharField(
        _("credential"), max_length=20, blank=True, help_text=_("Such as RN or MD.")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            # Letter case must not make a second account, nor move a reset to another address.
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique_in_any_case"),
        ]

    def __str__(self):
        return f"{self.name}, {self.credential}" if self.credential else self.name

    def get_full_name(self):
        return self.name

    # What the admin site asks; roles decide (portal/admin.py).
    @property
    def is_staff(self) -> bool:
        return self.has_role(Role.SITE_ADMIN, Role.CLINIC_ADMIN, Role.EDITOR)

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm, obj=None):
        allowed = (Role.SITE_ADMIN, Role.EDITOR) if perm.startswith("education.") else (Role.SITE_ADMIN,)
        return self.is_active and self.has_role(*allowed)

    def has_module_perms(self, app_label):
        other = Role.EDITOR if app_label == "education" else Role.CLINIC_ADMIN
        return self.is_active and self.has_role(Role.SITE_ADMIN, other)

    def has_role(self, *roles: str) -> bool:
        """Return whether this person has one of the roles today, in any clinic."""
        return any(membership.role in roles for membership in self.current_memberships)

    @property
    def current_memberships(self) -> list["Membership"]:
        """Return today's memberships, read once per request."""
        if not hasattr(self, "_current_memberships"):
            self._current_memberships = list(
                self.memberships.in_force(timezone.now().date())
                .select_related("clinic")
                .order_by("clinic__name")
            )
        return self._current_memberships

    def clinics(self, *roles: str) -> list[Clinic]:
        """Return the clinics where this person has one of the roles today."""
        found = {m.clinic_id: m.clinic for m in self.current_memberships if m.role in roles and m.clinic_id}
        return list(found.values())


class MembershipQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, user__is_active=True)


class Membership(models.Model):
    """A role of one person in one clinic, from a day and until a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    starts_on = models.DateField(_("from"), default=datetime.date.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="accounts_membership_ends_after_start",
                violation_error_message=_("A role must end on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=Q(clinic__isnull=False, role__in=OF_A_CLINIC)
                | Q(clinic__isnull=True, role=Role.SITE_ADMIN)
                | Q(role=Role.EDITOR),
                name="accounts_membership_clinic_fits_role",
                violation_error_message=_(
                    "A nurse, physician or clinic admin belongs to a clinic; a site admin to none."
                ),
            ),
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                condition=Q(ends_on=None),
                name="accounts_membership_open_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ends_on=None, clinic=None),
                name="accounts_membership_open_once_without_clinic",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"
