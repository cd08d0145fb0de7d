"""The parts of a page beside its text, each as a form: cards, callouts, figures, numbers, questions, sources."""

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.education.admin.access import ForEditors
from portal.education.admin.fields import NamedErrors, PlainFields, RichTextField, SourceField
from portal.education.content import END, TOP
from portal.education.models import Callout, CareCard, Citation, Comparison, Figure, Image, Question
from portal.education.models.blocks import validate_anchor
from portal.education.text.rich_text import headings, slug

MOST = 80


class Places:
    """Where a block may stand: after the headings of the text as it is typed now, and as it was before."""

    def __init__(self, text):
        self.language = text.language
        self.now = headings(text.body)
        self.before = headings(getattr(text, "body_before", text.body))

    def choices(self):
        now = [(anchor, _("after “%(heading)s”") % {"heading": words}) for anchor, words in self.now]
        known = {anchor for anchor, _words in self.now}
        gone = [
            (anchor, _("after “%(heading)s”, which is gone") % {"heading": words})
            for anchor, words in self.before
            if anchor not in known
        ]
        return [(END, _("at the end")), (TOP, _("at the top, before the first heading")), *now, *gone]

    def follow(self, place):
        """Return where a place is now; None when its heading is gone and no other took its turn."""
        now = [anchor for anchor, _words in self.now]
        before = [anchor for anchor, _words in self.before]
        if place in (END, TOP, *now):
            return place
        same_number = len(now) == len(before) and place in before
        return now[before.index(place)] if same_number else None


class BlockForm(NamedErrors, forms.ModelForm):
    """A block; blank order means behind the others."""

    after = forms.ChoiceField(
        label=gettext_lazy("Stands"),
        required=False,
        help_text=gettext_lazy("A heading that you have just written can be chosen once the text is saved."),
    )

    def place_in(self, places):
        self.places = places
        field, current = self.fields.get("after"), self.initial.get("after", END)
        if field is None:
            return
        field.choices = places.choices()
        if current not in dict(field.choices):
            lost = _("after “%(heading)s”, which is gone") % {"heading": current}
            field.choices = [*field.choices, (current, lost)]

    def has_changed(self):
        """A block moves with its heading, also where its own form was not touched."""
        return super().has_changed() or (self.instance.pk is not None and self.is_moved())

    def is_moved(self):
        current = self.initial.get("after", END)
        return "after" in self.fields and self.places.follow(current) not in (None, current)

    def clean_after(self):
        place = self.cleaned_data["after"]
        found = self.places.follow(place)
        if found is None:
            raise forms.ValidationError(
                _("This heading is no longer in the text. Choose where the part stands.")
            )
        return found


class InOrder(BaseInlineFormSet):
    """Rows of one kind; those without a number come last, as they were typed."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if not hasattr(self, "places"):
            self.places = Places(self.instance)
        if hasattr(form, "place_in"):
            form.place_in(self.places)
        if "position" in form.fields:
            form.fields["position"].required = False
            if not form.instance.pk:
                form.initial["position"] = form.fields["position"].initial = None

    def clean(self):
        super().clean()
        highest = max((form.cleaned_data.get("position") or 0 for form in self.filled()), default=0)
        for form in self.filled():
            if form.cleaned_data.get("position") is None:
                highest += 1
                form.instance.position = form.cleaned_data["position"] = highest

    def filled(self):
        """Return the forms that hold a row."""
        sound = [form for form in self.forms if hasattr(form, "cleaned_data")]
        return [form for form in sound if form.instance.pk or form.has_changed()]


class Part(ForEditors, PlainFields, admin.StackedInline):
    """One kind of part, closed until it is needed; a blank one stands ready without scripts too."""

    form = BlockForm
    formset = InOrder
    extra = 1
    max_num = MOST
    classes = ["collapse"]
    template = "admin/education/part.html"

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class CareCards(Part):
    model = CareCard
    fields = ["level", "heading", "items", "closing", "after"]
    max_num = 3


class Callouts(Part):
    model = Callout
    fields = ["heading", "text", "after", "position"]


class FigureForm(BlockForm):
    class Meta:
        model = Figure
        fields = ["drawing", "image", "alt", "caption", "after", "position"]

    image = forms.ModelChoiceField(
        Image.objects.all(), label=gettext_lazy("Image"), required=False, empty_label=gettext_lazy("none")
    )

    def clean(self):
        """Let an image bring its text alternative, as our drawings do; another may be written for this page."""
        found = super().clean()
        if found.get("image") and not found.get("alt") and "alt" not in self.errors:
            found["alt"] = getattr(found["image"], f"alt_{self.places.language}")
        return found


class Figures(Part):
    model = Figure
    form = FigureForm


class ComparisonForm(BlockForm):
    source = SourceField(label=gettext_lazy("Source"), required=False)


class Comparisons(Part):
    model = Comparison
    form = ComparisonForm
    fields = [
        "heading", "measure", "outcome", "of", ("first_label", "first"), ("second_label", "second"),
        "finding", "takeaway", "source", "after", "position",
    ]  # fmt: skip


class QuestionForm(BlockForm):
    after = None
    anchor = forms.CharField(
        label=gettext_lazy("Id"),
        required=False,
        max_length=60,
        validators=[validate_anchor],
        help_text=gettext_lazy(
            "Part of the link to this answer; the same in both languages. Empty: taken from the question."
        ),
    )
    answer = RichTextField(label=gettext_lazy("Answer"))

    def clean(self):
        found = super().clean()
        if not found.get("anchor") and "anchor" not in self.errors and found.get("question"):
            found["anchor"] = slug(found["question"])
        return found


class Questions(Part):
    model = Question
    form = QuestionForm
    fields = ["question", "anchor", "answer", "position"]


class CitationForm(BlockForm):
    after = None
    reference = SourceField(label=gettext_lazy("Source"))


class Sources(Part):
    model = Citation
    form = CitationForm
    fields = ["reference", "position"]
    extra = 2


PARTS = [CareCards, Callouts, Figures, Comparisons, Questions, Sources]
