"""The tree of pages: where each stands, what state its texts are in, who looks after it."""

import re

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.validators import RegexValidator
from django.db.models import Count, Prefetch, Q
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.education import standing
from portal.education.admin import page_views
from portal.education.admin.access import ForEditors, Recorded, editors
from portal.education.admin.fields import NamedErrors, PlainFields, name_missing
from portal.education.admin.moments import in_words, own_zone
from portal.education.models import Language, Page, Publication
from portal.education.models.pages import RESERVED

DEEPEST = 5
PLAIN = re.compile(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z")
# The portal's own pages lead to these and count on what they show.
LINKED = (Page.Layout.GLOSSARY, Page.Layout.REFERENCES, Page.Layout.STORIES)
# Told apart from words by the styles: a narrow screen leaves it out.
NONE = format_html('<span class="none">{}</span>', "–")


class PageForm(NamedErrors, forms.ModelForm):
    """Where a page stands. Its address stays as it is once readers have seen it: links and printed sheets use it."""

    class Meta:
        model = Page
        fields = ["parent", "slug", "position", "layout", "audience", "owner", "review_months", "grade"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        page = self.instance
        if "parent" in self.fields:
            self.fields["parent"] = ParentField(page)
            name_missing(self.fields["parent"])
        if "slug" in self.fields:
            self.fields["slug"].error_messages["invalid"] = only_plain()
            self.fields["slug"].validators = [RegexValidator(PLAIN, only_plain())]
        if "layout" in self.fields:
            self.fields["layout"].choices = layouts_for(page)
        owner = self.fields["owner"]
        owner.queryset = editors(timezone.now().date(), page.owner_id)
        owner.empty_label = _("nobody yet")

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(
                _("The portal itself uses “%(slug)s”. Choose another word.") % {"slug": slug}
            )
        return slug

    def clean(self):
        found = super().clean()
        parent, slug = found.get("parent"), found.get("slug")
        if parent and slug:
            self.check_place(parent, f"{parent.path}/{slug}")
        return found

    def check_place(self, parent, address):
        below = Page.objects.filter(path__startswith=f"{self.instance.path}/") if self.instance.pk else ()
        deepest = [address, *(address + page.path.removeprefix(self.instance.path) for page in below)]
        longest = Page._meta.get_field("path").max_length
        if any(len(one) > longest or one.count("/") >= DEEPEST for one in deepest):
            self.add_error(
                "parent", _("This address would be too deep or too long. Choose a page higher up.")
            )
        elif Page.objects.filter(path=address).exclude(pk=self.instance.pk).exists():
            self.add_error("slug", _("There is a page at /%(path)s/ already.") % {"path": address})


def only_plain():
    return _("Use small letters, digits and hyphens, such as side-effects.")


class ParentField(forms.ModelChoiceField):
    """The page above: any below /learn/, but not the page itself nor what stands below it."""

    def __init__(self, page):
        above = Page.objects.filter(Q(path="learn") | Q(path__startswith="learn/")).order_by("path")
        if page.pk:
            above = above.exclude(pk=page.pk).exclude(path__startswith=f"{page.path}/")
        label = Page._meta.get_field("parent").verbose_name.capitalize()
        super().__init__(above, label=label, empty_label=_("Choose a page"))


def layouts_for(page):
    """Leave out the layouts of pages that are never taken back: those stand at fixed addresses."""
    return [choice for choice in Page.Layout.choices if choice[0] not in Page.PROTECTED]


class Seen:
    """How a person sees the pages: at this moment, on the clock of their clinic."""

    def __init__(self, request):
        self.now, self.zone = timezone.now(), own_zone(request.user)

    def standing(self, text):
        return standing.standing(text, self.now, lambda moment: in_words(moment, self.zone))


class TreeOrder(ChangeList):
    """Lists pages as the tree has them: each below the page above it, in the order of its siblings."""

    def get_results(self, request):
        super().get_results(request)
        places, seen = order_of_all(), Seen(request)
        self.result_list = sorted(self.result_list, key=lambda page: places.get(page.pk, ()))
        for page in self.result_list:
            page.seen = seen


def order_of_all():
    """Return for each page what puts it behind the page above it."""
    rows = {pk: (parent, place, slug) for pk, parent, place, slug in
            Page.objects.values_list("pk", "parent", "position", "slug")}  # fmt: skip
    found = {}

    def key(pk):
        if pk not in found:
            parent, place, slug = rows[pk]
            found[pk] = (*(key(parent) if parent else ()), (place, slug))
        return found[pk]

    return {pk: key(pk) for pk in rows}


class NeedsAttention(admin.SimpleListFilter):
    title = gettext_lazy("needs")
    parameter_name = "needs"

    def lookups(self, request, model_admin):
        return [("texts", _("a text in a language")), ("check", _("a check: never checked by anyone"))]

    def queryset(self, request, queryset):
        if self.value() == "texts":
            written = Count("translations", distinct=True)
            return queryset.annotate(written=written).filter(written__lt=len(Language.values))
        if self.value() == "check":
            live = Publication.objects.live(timezone.now()).filter(version__approvals=None)
            return queryset.filter(translations__publications__in=live).distinct()
        return queryset


class LayoutFilter(admin.SimpleListFilter):
    title = gettext_lazy("layout")
    parameter_name = "layout"

    def lookups(self, request, model_admin):
        return Page.Layout.choices

    def queryset(self, request, queryset):
        return queryset.filter(layout=self.value()) if self.value() in Page.Layout.values else queryset


@admin.register(Page)
class PageAdmin(ForEditors, PlainFields, Recorded, admin.ModelAdmin):
    """Pages. A page is taken back, never deleted: what was public stays on record."""

    form = PageForm
    fields = ["parent", "slug", "position", "layout", "audience", "owner", "review_months", "grade"]
    list_display = ["place", "english", "spanish", "keeper", "feedback"]
    list_filter = [NeedsAttention, LayoutFilter]
    list_per_page = 500
    sortable_by = []
    search_fields = ["path", "translations__title"]
    view_on_site = False
    change_form_template = "admin/education/page/change_form.html"

    def get_changelist(self, request, **kwargs):
        return TreeOrder

    def get_queryset(self, request):
        counted = Count("feedback", distinct=True)
        useful = Count("feedback", filter=Q(feedback__was_useful=True), distinct=True)
        texts = Prefetch("translations", standing.texts(), to_attr="texts")
        found = super().get_queryset(request).select_related("owner", "parent")
        return found.annotate(asked=counted, useful=useful).prefetch_related(texts)

    def get_readonly_fields(self, request, obj=None):
        """An address that was public, and the kind of page that stands at it, stay."""
        if obj is None:
            return ()
        fixed = ["slug", "parent"] if was_public(obj) or obj.parent_id is None else []
        is_linked = obj.is_protected or obj.parent_id is None or obj.layout in LINKED
        return [*fixed, "layout"] if is_linked else fixed

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for below in Page.objects.filter(parent=obj):
            self.save_below(below)

    def save_below(self, page):
        """Give the pages below their new addresses."""
        page.save()
        for below in Page.objects.filter(parent=page):
            self.save_below(below)

    def get_urls(self):
        views = [
            path("<int:pk>/take-back/", self.wrap(page_views.withdraw), name="education_page_withdraw"),
            path("<int:pk>/preview/en/", self.wrap(page_views.preview_en), name="education_page_preview_en"),
            path("<int:pk>/preview/es/", self.wrap(page_views.preview_es), name="education_page_preview_es"),
        ]
        return views + super().get_urls()

    def wrap(self, view):
        return self.admin_site.admin_view(view)

    def render_change_form(self, request, context, obj=None, **kwargs):
        if obj:
            context |= {"title": f"/{obj.path}/", "subtitle": None}
            told, seen = {text.language: text for text in obj.texts}, Seen(request)
            context["languages"] = [
                about(told.get(code), code, name, obj, seen) for code, name in Language.choices
            ]
            opened = Publication.objects.open(seen.now).filter(translation__page=obj)
            context["is_open"] = opened.exists()
            context["is_overdue"] = standing.overdue(obj, seen.now)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin.display(description=gettext_lazy("page"))
    def place(self, page):
        title = next((text.title for text in page.texts if text.language == "en"), "") or page.slug
        depth, address, kind = min(page.path.count("/"), DEEPEST), f"/{page.path}/", page.get_layout_display()
        return format_html(
            '<span class="tree tree--{}"><b>{}</b><span class="soft">{}</span><span class="soft">{}</span></span>',
            depth, title, address, kind,
        )  # fmt: skip

    @admin.display(description="English")
    def english(self, page):
        return self.in_language(page, "en")

    @admin.display(description="Español")
    def spanish(self, page):
        return self.in_language(page, "es")

    def in_language(self, page, code):
        text = next((one for one in page.texts if one.language == code), None)
        if text is None and page.layout == Page.Layout.FOLDER:
            return NONE
        if text is None:
            where = f"{reverse('admin:education_translation_add')}?page={page.pk}&language={code}"
            return format_html('<a href="{}">{}</a>', where, _("not written yet"))
        found = page.seen.standing(text)
        where = reverse("admin:education_translation_change", args=[text.pk])
        marked = format_html('<a class="state state--{}" href="{}">{}</a>', found.state, where, found.word)
        said = () if found.is_plain else found.sentences
        details = format_html_join("", '<span class="soft">{}</span>', ((one,) for one in said))
        return marked + details

    @admin.display(description=gettext_lazy("owner"))
    def keeper(self, page):
        if not standing.overdue(page, page.seen.now):
            return page.owner or NONE
        mark = format_html('<span class="state state--late">{}</span>', _("check overdue"))
        return format_html("{} {}", page.owner or "–", mark)

    @admin.display(description=gettext_lazy("useful?"))
    def feedback(self, page):
        if not page.asked:
            return NONE
        where = f"{reverse('admin:education_feedback_changelist')}?page={page.pk}"
        told = _("%(yes)s yes, %(no)s no") % {"yes": page.useful, "no": page.asked - page.useful}
        return format_html('<a href="{}">{}</a>', where, told)


def about(text, code, name, page, seen):
    """Return what the page's form says about its text in a language."""
    where = reverse("admin:education_translation_add")
    if text is None:
        return {"code": code, "name": name, "write": f"{where}?page={page.pk}&language={code}"}
    return {"code": code, "name": name, "text": text, "standing": seen.standing(text)}


def was_public(page):
    """Return whether readers have seen this page, or one below it, at its address."""
    here = Q(translation__page=page) | Q(translation__page__path__startswith=f"{page.path}/")
    return Publication.objects.filter(here, starts_at__lte=timezone.now()).exists()
