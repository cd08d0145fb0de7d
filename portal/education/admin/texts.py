"""The text of a page in one language: the form in which it is written, with all its parts."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import shown
from portal.education import actions, standing
from portal.education.admin import text_views
from portal.education.admin.access import ForEditors
from portal.education.admin.blocks import PARTS
from portal.education.admin.fields import NamedErrors, PlainFields, RichTextField
from portal.education.admin.findings import findings_of
from portal.education.admin.pages import Seen
from portal.education.models import Language, Page, Reference, Translation
from portal.fields import PlainTextField


class TextForm(NamedErrors, forms.ModelForm):
    """A text; `seen` is the version the editor began with."""

    body = RichTextField(
        label=gettext_lazy("Text"),
        required=False,
        help_text=gettext_lazy("Cite a source as [[its-key]]. Words to know are linked by themselves."),
    )
    reason = PlainTextField(
        label=gettext_lazy("What changed"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A few words for the list of versions."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Translation
        fields = ["page", "language", "title", "menu_title", "lead", "description", "body", "ask"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.body_before = self.instance.body
        self.last = standing.latest(self.instance) if self.instance.pk else None
        self.initial["seen"] = self.last.number if self.last else 0
        if "page" in self.fields:
            self.fields["page"] = forms.ModelChoiceField(Page.objects.order_by("path"), label=_("Page"))

    def clean(self):
        found = super().clean()
        if self.last and (found.get("seen") or 0) != self.last.number:
            # Shown again with the newer number: a second save is meant.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = str(self.last.number)
            raise forms.ValidationError(self.other_editor())
        return found

    def other_editor(self):
        told = {"who": self.last.saved_by or _("the portal"), "number": self.last.number}
        return (
            _(
                "%(who)s saved version %(number)s while you were writing. What you wrote stands below and is not saved "
                "yet. Save again to put it in place of theirs; their version stays in the list of versions."
            )
            % told
        )

    def removed(self):
        return self.fields["body"].removed


@admin.register(Translation)
class TextAdmin(ForEditors, PlainFields, admin.ModelAdmin):
    """Texts. Every save keeps a version; readers see what was published."""

    form = TextForm
    inlines = PARTS
    change_form_template = "admin/education/translation/change_form.html"
    list_display = ["title", "page", "language", "updated_at"]
    list_select_related = ["page"]
    search_fields = ["title", "page__path"]
    sortable_by = []
    fieldsets = [
        (None, {"fields": ["page", "language", "title", "menu_title", "lead", "description", "body", "ask"]}),
        (gettext_lazy("This save"), {"fields": ["reason", "seen"]}),
    ]

    def get_model_perms(self, request):
        """Keep texts out of the menu: they are reached through their page."""
        return {}

    def get_fieldsets(self, request, obj=None):
        """Page and language are chosen once, when the text is begun."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        (name, options), rest = self.fieldsets[0], self.fieldsets[1:]
        return [(name, {"fields": options["fields"][2:]}), *rest]

    def get_changeform_initial_data(self, request):
        found = super().get_changeform_initial_data(request)
        return {name: found[name] for name in ("page", "language") if name in found}

    def get_object(self, request, object_id, from_field=None):
        """Let two who save at once wait for each other, so that the second is told of the first."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return Translation.objects.select_for_update().get(pk=found.pk)

    def save_related(self, request, form, formsets, change):
        """Keep a version of what the rows say now, in the same transaction."""
        super().save_related(request, form, formsets, change)
        reason = form.cleaned_data["reason"]
        form.kept = actions.save_version(actor=request.user, translation=form.instance, reason=reason)
        for sentence in told_by(form, formsets):
            messages.warning(request, sentence)

    def log_addition(self, request, obj, message):
        """Versions say who saved what and when; the admin's own log would repeat it."""

    log_change = log_addition

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_saved(request, obj)

    def response_change(self, request, obj):
        return self.response_saved(request, obj)

    def response_saved(self, request, obj):
        number = standing.latest(obj).number
        said = _("Saved as version %(number)s. Readers see it once it is published.")
        messages.success(request, said % {"number": number})
        if "_preview" in request.POST:
            where = reverse(f"admin:education_page_preview_{obj.language}", args=[obj.page_id])
        elif "_publish" in request.POST:
            where = reverse("admin:education_translation_publish", args=[obj.pk])
        else:
            where = reverse("admin:education_translation_change", args=[obj.pk])
        return HttpResponseRedirect(where)

    def get_urls(self):
        names = ("publish", "check", "versions")
        views = [
            path(
                f"<int:pk>/{name}/",
                self.wrap(getattr(text_views, name)),
                name=f"education_translation_{name}",
            )
            for name in names
        ]
        views += [
            path("version/<int:pk>/", self.wrap(text_views.version), name="education_version_show"),
            path(
                "version/<int:pk>/restore/", self.wrap(text_views.restore), name="education_version_restore"
            ),
        ]
        return views + super().get_urls()

    def wrap(self, view):
        return self.admin_site.admin_view(view)

    def history_view(self, request, object_id, extra_context=None):
        """What was done to a text is in its list of versions."""
        return text_views.versions(request, pk=object_id)

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["references"] = Reference.objects.only("key", "title", "authors")
        context["links"] = Page.objects.exclude(layout=Page.Layout.FOLDER).values_list("path", flat=True)
        if obj:
            context |= about(request, obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)


def told_by(form, formsets):
    """Say what was taken out of the text and of each answer."""
    told = [f"{_('Text')}: {sentence}" for sentence in form.removed()]
    for one in (one for formset in formsets for one in formset.forms if "answer" in one.fields):
        told += [f"{one.instance.question}: {sentence}" for sentence in one.fields["answer"].removed]
    return told


def about(request, text):
    """Return what stands beside the form: where the text stands, what was found wrong, its twin."""
    found = standing.texts().get(pk=text.pk)
    last = standing.latest(text)
    other = next(code for code in Language.values if code != text.language)
    twin = Translation.objects.filter(page=text.page_id, language=other).first()
    return {
        "text": text,
        "standing": Seen(request).standing(found),
        "last": last,
        "last_saved": shown.short(last.saved_at.date()) if last else "",
        "report": findings_of(text, last),
        "twin": twin,
        "other": other,
        "other_name": Language(other).label,
        "title": _("%(title)s, %(language)s")
        % {"title": text.title, "language": text.get_language_display()},
        "subtitle": None,
    }
