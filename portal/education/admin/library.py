"""What several pages share: references, words to know, images."""

from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.education.admin.access import ForEditors, Recorded
from portal.education.admin.fields import NamedErrors, PlainFields
from portal.education.finding import index
from portal.education.images import ImageUploadField, keep
from portal.education.models import Image, Language, Reference, Term, TermText
from portal.education.showing import caching
from portal.education.text.sanitize import address
from portal.fields import DateTripleField


class OnPages(ForEditors, PlainFields, Recorded, admin.ModelAdmin):
    """Something that published pages show: a change is seen at once."""

    sortable_by = []

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        caching.forget_on_commit()


class ReferenceForm(NamedErrors, forms.ModelForm):
    """A source. Its key is in the texts that cite it, so it stays as it is."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Where readers find it, beginning with https://."),
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    checked_on = DateTripleField(label=gettext_lazy("Read on"), required=False)

    def clean_url(self):
        """Take sites that anyone can reach; http:// only where it was before: some have no other."""
        typed = self.cleaned_data["url"].strip()
        if not typed or typed == self.instance.url:
            return typed
        found = address(typed)
        if found is None or not urlsplit(found).netloc:
            raise ValidationError(
                _("Write a whole address that begins with https://, such as https://www.fda.gov/.")
            )
        return found


@admin.register(Reference)
class ReferenceAdmin(OnPages):
    form = ReferenceForm
    list_display = ["key", "title", "authors", "published_in", "checked_on"]
    search_fields = ["key", "title", "authors"]
    fields = [
        "key", "authors", "title", "title_language", "published_in", "url", "taken_en", "taken_es",
        "funding_en", "funding_es", "checked_on",
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return ["key"] if obj else []


class TermTexts(ForEditors, PlainFields, admin.StackedInline):
    """A word in both languages."""

    model = TermText
    fields = ["language", "word", "say_it", "meaning", "other_forms"]
    extra = len(Language.values)
    max_num = min_num = len(Language.values)
    validate_min = True
    can_delete = False
    template = "admin/education/part.html"

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("language")

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, formset=BothLanguages, **kwargs)


class BothLanguages(forms.models.BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and not form.instance.pk and index < len(Language.values):
            form.fields["language"].initial = Language.values[index]


@admin.register(Term)
class TermAdmin(OnPages):
    inlines = [TermTexts]
    list_display = ["key", "words"]
    search_fields = ["key", "texts__word"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    def get_readonly_fields(self, request, obj=None):
        return ["key"] if obj else []

    def save_related(self, request, form, formsets, change):
        """Let readers find the word as it is now."""
        super().save_related(request, form, formsets, change)
        # Read anew: the texts that came with the list are as they were.
        for text in TermText.objects.filter(term=form.instance).select_related("term"):
            index.add_term(text)

    @admin.display(description=gettext_lazy("word"))
    def words(self, term):
        return " · ".join(text.word for text in sorted(term.texts.all(), key=lambda text: text.language))


class ImageForm(NamedErrors, forms.ModelForm):
    """An image. The file is chosen once: another picture is another image, so that no page changes unseen."""

    upload = ImageUploadField(label=gettext_lazy("File"))

    class Meta:
        model = Image
        fields = ["title", "alt_en", "alt_es"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["upload"]

    def save(self, commit=True):
        if "upload" in self.cleaned_data:
            keep(self.instance, self.cleaned_data["upload"])
        return super().save(commit)


@admin.register(Image)
class ImageAdmin(OnPages):
    form = ImageForm
    list_display = ["title", "alt_en", "size", "added_at"]
    search_fields = ["title", "alt_en", "alt_es"]
    readonly_fields = ["picture"]

    def get_fields(self, request, obj=None):
        texts = ["title", "alt_en", "alt_es"]
        return ["picture", *texts] if obj else ["upload", *texts]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, image):
        where = reverse("education:media", args=[image.ref])
        return format_html(
            '<img class="uploaded" src="{}" width="{}" height="{}" alt="{}">',
            where, image.width, image.height, image.alt_en,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("size"))
    def size(self, image):
        return f"{image.width} × {image.height}"
