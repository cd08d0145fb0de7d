"""The names of the work-list's bands, and the rule that each page shows beside its band."""

from django.utils.translation import gettext_lazy

from pumps.bands import Band

BAND_NAMES = {
    Band.ACT_NOW: gettext_lazy("Act now"),
    Band.OVERDUE: gettext_lazy("Overdue"),
    Band.NOT_BOOKED: gettext_lazy("Due, not booked"),
    Band.FOLLOW_UP: gettext_lazy("ERI or follow-up"),
    Band.BOOKED: gettext_lazy("Booked"),
    Band.DONE: gettext_lazy("Done today"),
    Band.LATER: gettext_lazy("Later"),
}
BAND_RULES = {
    Band.ACT_NOW: gettext_lazy("Two-tone alarm open, or from the earliest empty date on"),
    Band.OVERDUE: gettext_lazy(
        "Past the refill-by date, no date to go by, a missed visit with none booked, "
        "or a one-tone alarm past its time"
    ),
    Band.NOT_BOOKED: gettext_lazy("Refill by within 14 days, and no visit on or before it"),
    Band.FOLLOW_UP: gettext_lazy("Replacement notice (ERI), or a one-tone alarm before its time"),
    Band.BOOKED: gettext_lazy("Visit on or before the refill-by date"),
    Band.DONE: gettext_lazy("Filled today"),
    Band.LATER: gettext_lazy("Refill by in more than 14 days, and no visit on or before it"),
}
