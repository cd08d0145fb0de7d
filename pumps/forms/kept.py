"""What was typed in the first step of a form, kept through its check page; a wrong choice, named."""

from django.utils.translation import gettext as _


class KeptMixin:
    """A form whose values stand hidden in the check page and can be changed again."""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return name and value of everything typed into this form's own fields."""
        own = tuple(self.fields)
        return [
            (name, value)
            for name in self.data
            if name in own or name.rpartition("_")[0] in own
            for value in self.data.getlist(name)
        ]


class NamedMixin:
    """A form whose lists, too, name themselves when a choice is not among them."""

    def name_choices(self) -> None:
        for field in self.fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = _("%(label)s: choose one from the list.") % {
                    "label": field.label
                }
