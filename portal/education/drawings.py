"""Our own labelled drawings. Each is a template, templates/education/drawings/<name>.html, in the reader's language."""

from django.utils.translation import gettext_lazy as _

DRAWINGS = [
    ("system", _("the system in the body")),
    ("pump", _("the pump")),
    ("refill", _("a refill")),
    ("handset", _("the handset")),
]
