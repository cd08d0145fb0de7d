"""What readers sent: stories to decide on, and whether pages were useful."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.education import moderation
from portal.education.admin.access import ForEditors
from portal.education.admin.fields import PlainFields
from portal.education.admin.moments import in_words, own_zone
from portal.education.models import Feedback, Page, Story
from portal.fields import PlainTextField


class ByState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return model_admin.model.State.choices

    def queryset(self, request, queryset):
        known = queryset.model.State.values
        return queryset.filter(state=self.value()) if self.value() in known else queryset


class ByPage(admin.SimpleListFilter):
    """Pages that have answers."""

    title = gettext_lazy("page")
    parameter_name = "page"

    def lookups(self, request, model_admin):
        return [(str(page.pk), page.path) for page in Page.objects.exclude(feedback=None).order_by("path")]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        return (
            queryset.filter(page=chosen)
            if chosen.isascii() and chosen.isdigit() and len(chosen) < 18
            else queryset
        )


class FromReaders(ForEditors, PlainFields, admin.ModelAdmin):
    """What a reader wrote is read here, never changed."""

    sortable_by = []

    def has_add_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        show = super().changelist_view
        return on_own_clock(request, lambda: show(request, extra_context))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        show = super().change_view
        return on_own_clock(request, lambda: show(request, object_id, form_url, extra_context))


def on_own_clock(request, answer):
    """Write the page while the person's own zone holds: it names the moments on it."""
    with timezone.override(own_zone(request.user)):
        response = answer()
        return response.render() if hasattr(response, "render") else response


def on_the_clock(moment):
    return in_words(moment, timezone.get_current_timezone()) if moment else "–"


class StoryForm(forms.ModelForm):
    """The two readers of a story: the editor who signs this, and the clinician named here."""

    clinician_name = PlainTextField(
        label=gettext_lazy("Clinician who read it"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Needed to publish. You are the editor who read it."),
    )
    clinician_role = PlainTextField(
        label=gettext_lazy("Role of the clinician"), max_length=80, required=False
    )

    class Meta:
        model = Story
        fields = ["clinician_name", "clinician_role"]

    def clean(self):
        found = super().clean()
        if "_publish" in self.data:
            for name in ("clinician_name", "clinician_role"):
                if name in self.fields and not found.get(name) and name not in self.errors:
                    self.add_error(name, _("Name the clinician who read the story, and their role."))
        return found

    def _post_clean(self):
        """Leave the rules of a published story to the action that publishes it."""


@admin.register(Story)
class StoryAdmin(FromReaders):
    """Stories: read by an editor and a clinician before anyone else sees them."""

    form = StoryForm
    list_display = ["name", "language", "state", "told_on", "consent_ends_on"]
    list_filter = [ByState]
    change_form_template = "admin/education/story/change_form.html"
    told = [
        "name", "language", "paid_by", "before", "tried", "trial", "now", "not_well", "photo_shown", "told_on",
    ]  # fmt: skip
    agreed = ["consent_text", "consented", "consent_ends_on", "reply_to"]
    decision = ["state", "editor", "decided"]
    fieldsets = [
        (gettext_lazy("The story"), {"fields": told}),
        (gettext_lazy("Consent"), {"fields": agreed}),
        (gettext_lazy("Decision"), {"fields": [*decision, "clinician_name", "clinician_role"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        shown = [*self.told, *self.agreed, *self.decision]
        is_open = obj is not None and obj.state == Story.State.SENT
        return shown if is_open else [*shown, "clinician_name", "clinician_role"]

    @admin.display(description=gettext_lazy("consent given"))
    def consented(self, story):
        return on_the_clock(story.consented_at)

    @admin.display(description=gettext_lazy("decided"))
    def decided(self, story):
        return on_the_clock(story.decided_at)

    @admin.display(description=gettext_lazy("photo"))
    def photo_shown(self, story):
        if story.photo is None:
            return "–"
        where = reverse("education:media", args=[story.photo.ref])
        return format_html('<img class="uploaded" src="{}" alt="{}">', where, story.photo.alt_en)

    def save_model(self, request, obj, form, change):
        """Nothing is saved but through a decision; on a story that was decided on, the form has no readers to name."""
        names = ("clinician_name", "clinician_role")
        obj.readers = {name: form.cleaned_data.get(name, "") for name in names}

    def save_related(self, request, form, formsets, change):
        """There is nothing beside the story."""

    def log_change(self, request, obj, message):
        """The audit says who decided what."""

    def response_change(self, request, obj):
        try:
            messages.success(request, self.decide(request, obj))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return HttpResponseRedirect(reverse("admin:education_story_change", args=[obj.pk]))

    def decide(self, request, story):
        """Do what the pressed button says; return what was done."""
        if "_publish" in request.POST:
            moderation.publish_story(actor=request.user, story=story, **story.readers)
            return _("The story is public now.")
        if "_decline" in request.POST:
            moderation.decline_story(actor=request.user, story=story)
            return _("The story is not published. The address of its teller is deleted.")
        if "_withdraw" in request.POST:
            moderation.withdraw_story(actor=request.user, story=story)
            return _("The story is taken back: readers no longer see it.")
        raise ValidationError(_("Choose what to do with the story."))


class FeedbackForm(forms.ModelForm):
    note = PlainTextField(
        label=gettext_lazy("What was done about it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as: first sentence rewritten. Saving marks the answer as done."),
    )

    class Meta:
        model = Feedback
        fields = ["note"]


@admin.register(Feedback)
class FeedbackAdmin(FromReaders):
    """Answers to “Was this page useful?”, the newest first, with the counts of each page."""

    form = FeedbackForm
    list_display = ["sent", "page", "language", "answer", "comment", "state", "note"]
    list_display_links = ["sent"]
    list_select_related = ["page"]
    list_filter = [ByState, ByPage]
    list_per_page = 50
    change_list_template = "admin/education/feedback/change_list.html"
    fields = ["page", "language", "answer", "comment", "sent", "state", "note"]
    readonly_fields = ["page", "language", "answer", "comment", "sent", "state"]

    @admin.display(description=gettext_lazy("sent"))
    def sent(self, feedback):
        return on_the_clock(feedback.sent_at)

    @admin.display(description=gettext_lazy("useful"))
    def answer(self, feedback):
        return _("Yes") if feedback.was_useful else _("No")

    def changelist_view(self, request, extra_context=None):
        yes = Count("feedback", filter=Q(feedback__was_useful=True))
        waiting = Count("feedback", filter=Q(feedback__state=Feedback.State.NEW))
        counts = Page.objects.exclude(feedback=None).annotate(all=Count("feedback"), yes=yes, waiting=waiting)
        context = {**(extra_context or {}), "counts": counts.order_by("-waiting", "path")}
        return super().changelist_view(request, context)

    def save_model(self, request, obj, form, change):
        moderation.settle_feedback(actor=request.user, feedback=obj, note=form.cleaned_data["note"])

    def log_change(self, request, obj, message):
        """The audit says who dealt with it."""
