"""The roles of staff. A patient has no role: the record itself names its account."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    NURSE = "nurse", _("nurse")
    PHYSICIAN = "physician", _("physician")
    CLINIC_ADMIN = "clinic_admin", _("clinic admin")
    EDITOR = "editor", _("content editor")
    SITE_ADMIN = "site_admin", _("site admin")


CLINICAL = (Role.NURSE, Role.PHYSICIAN)
OF_A_CLINIC = (*CLINICAL, Role.CLINIC_ADMIN)
