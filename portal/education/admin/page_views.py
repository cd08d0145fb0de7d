"""A page seen before it is public, and a wrong page taken back."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.context_processors import clinics_at
from portal.education import actions, rows
from portal.education.admin.access import require_editor
from portal.education.admin.forms import WithdrawForm
from portal.education.content import Content
from portal.education.models import Language, Page, Publication
from portal.education.showing import library, reading
from portal.education.views import pages as readers


def staff_page(request, template, title, **context):
    """Answer with a page in the admin's frame; 422 when a form on it was refused."""
    form = context.get("form")
    status = 422 if form is not None and form.is_bound and form.errors else 200
    frame = admin.site.each_context(request)
    return render(request, template, {**frame, "title": title, **context}, status=status)


@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    """Take a page back in both languages, in one step, with a reason."""
    require_editor(request)
    page = get_object_or_404(Page, pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw(actor=request.user, page=page, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Taken back: readers no longer see this page."))
            return redirect("admin:education_page_change", page.pk)
    is_open = Publication.objects.open(timezone.now()).filter(translation__page=page).exists()
    return staff_page(
        request,
        "admin/education/withdraw.html",
        _("Take back /%(path)s/") % {"path": page.path},
        page=page,
        form=form,
        is_open=is_open,
    )


@require_safe
def preview_en(request, pk):
    return preview(request, pk, "en")


@require_safe
def preview_es(request, pk):
    return preview(request, pk, "es")


def preview(request, pk, language):
    """Show the text as it was last saved, in the frame that readers will see it in."""
    require_editor(request)
    page = get_object_or_404(Page.objects.select_related("parent"), pk=pk)
    text = page.translations.filter(language=language).first()
    if text is None:
        raise Http404
    content = rows.read(text)
    live = Publication.objects.live(timezone.now()).filter(translation=text).select_related("version").first()
    if live and live.version.content == content.to_dict():
        said = _("Preview. Readers see the same text now.")
    else:
        said = _("Preview: not public.")
    return as_read(request, text, content, bar(text, said))


def bar(text, sentence, **more):
    """Return what stands above a preview: what it is, and the ways back and to the other language."""
    written = dict(text.page.translations.values_list("language", "pk"))
    tabs = [
        {
            "code": code,
            "name": name,
            "url": reverse(f"admin:education_page_preview_{code}", args=[text.page_id])
            if code in written
            else "",
            "is_here": code == text.language,
        }
        for code, name in Language.choices
    ]
    edit = reverse("admin:education_translation_change", args=[text.pk])
    return {"sentence": sentence, "tabs": tabs, "edit": edit, "text": text, **more}


def as_read(request, text, content: Content, preview):
    """Render content as the page that readers get. The bar speaks the editor's language, the page its own."""
    now, mine = timezone.now(), translation.get_language()
    with translation.override(text.language):
        found = reading_of(text, content, now)
        more, shelf = library.of(found, text.language, now)
        more |= {"preview": {**preview, "language": mine}, "pdf_url": ""}
        other = next((tab["url"] for tab in preview["tabs"] if not tab["is_here"]), "")
        more |= {"twin_path": other or request.path}
        kept = readers.kept(request, found, clinics_at(request.get_host()), more, shelf, now, is_kept=False)
    response = HttpResponse(kept.body)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = text.language
    return response


def reading_of(text, content, now):
    """Return a draft as reading.page_at returns a live page; what stands around it is what is live."""
    page = text.page
    around = reading.page_at(page.path, text.language, now)
    above = reading.page_at(page.parent.path, text.language, now) if page.parent and around is None else None
    leaf = reading.Leaf(
        page.path,
        content.title,
        content.menu_title,
        content.description,
        Page.Layout.ARTICLE if page.layout == Page.Layout.FOLDER else page.layout,
        page.position,
        text.language,
    )
    return reading.Reading(
        leaf=leaf,
        content=content,
        page_id=page.pk,
        ref="",
        audience=page.audience,
        version=0,
        published_at=None,
        review_months=page.review_months,
        check=None,
        trail=around.trail if around else (*above.trail, above.leaf) if above else (),
        below=around.below if around else (),
        beside=around.beside if around else (),
    )
