"""The tree of pages, their texts in each language, and what was published when."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

# Parts of addresses that the portal uses itself below /learn/ (urls.py), and the prefix of Spanish.
RESERVED = ("search", "feedback", "media", "tell", "told", "es")


class Language(models.TextChoices):
    EN = "en", "English"
    ES = "es", "Español"


class Page(models.Model):
    """A place in the tree: its address, what kind of page it is, who looks after it. Its texts are translations."""

    class Layout(models.TextChoices):
        FOLDER = "folder", _("folder without a page")
        ARTICLE = "article", _("article")
        HUB = "hub", _("list of the pages below it")
        QUESTIONS = "questions", _("questions and answers")
        STORIES = "stories", _("personal stories")
        GLOSSARY = "glossary", _("words to know")
        REFERENCES = "references", _("references")
        SHEET = "sheet", _("take-away sheet")
        ALARM = "alarm", _("the pump beeps")
        EMERGENCY = "emergency", _("emergency")
        CONTACT = "contact", _("who to call")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        PATIENTS = "patients", _("patients")
        CAREGIVERS = "caregivers", _("people who help")

    # These are never taken back and never end: someone may need them tonight.
    PROTECTED = (Layout.ALARM, Layout.EMERGENCY, Layout.CONTACT)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("below")
    )
    slug = models.SlugField(
        _("address part"), max_length=60, help_text=_("The last part of the address, such as side-effects.")
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Lower numbers stand first among the pages below the same page.")
    )
    layout = models.CharField(_("layout"), max_length=12, choices=Layout, default=Layout.ARTICLE)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience, default=Audience.EVERYONE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("Who keeps this page right."),
    )
    review_months = models.PositiveSmallIntegerField(
        _("review every (months)"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    grade = models.PositiveSmallIntegerField(
        _("reading grade"),
        default=6,
        validators=[MinValueValidator(3), MaxValueValidator(8)],
        help_text=_("The school grade the text aims at; 5 for pages about alarms. 8 is the most."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "slug"], name="education_page_slug_unique_below_parent"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="education_page_not_below_itself"),
            models.CheckConstraint(
                condition=Q(review_months__gte=1, review_months__lte=60),
                name="education_page_review_months_in_range",
                violation_error_message=_("A page is reviewed every 1 to 60 months."),
            ),
            models.CheckConstraint(
                condition=Q(grade__gte=3, grade__lte=8),
                name="education_page_grade_in_range",
                violation_error_message=_("The reading grade is from 3 to 8."),
            ),
        ]

    def __str__(self):
        return f"/{self.path}/"

    def save(self, **kwargs):
        self.path = f"{self.parent.path}/{self.slug}" if self.parent else self.slug
        super().save(**kwargs)

    def get_absolute_url(self):
        return f"/{self.path}/"

    def address_in(self, language: str) -> str:
        return f"/es/{self.path}/" if language == Language.ES else f"/{self.path}/"

    @property
    def is_protected(self) -> bool:
        return self.layout in self.PROTECTED


class Translation(models.Model):
    """The working text of a page in one language. Saving keeps a version; readers see the published one."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="translations", verbose_name=_("page"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=120, help_text=_("A question or a plain phrase."))
    menu_title = models.CharField(
        _("short title"), max_length=60, blank=True, help_text=_("For lists and the trail; else the title.")
    )
    lead = models.CharField(
        _("first sentence"), max_length=300, blank=True, help_text=_("The answer in one sentence.")
    )
    description = models.CharField(
        _("summary"), max_length=200, blank=True, help_text=_("For lists of pages and search engines.")
    )
    body = models.TextField(_("text"), blank=True)
    ask = models.TextField(
        _("ask at your next visit"), blank=True, help_text=_("Questions to print and take along, one a line.")
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        ordering = ["page__path", "language"]
        constraints = [
            models.UniqueConstraint(fields=["page", "language"], name="education_translation_one_a_language"),
        ]

    def __str__(self):
        return f"{self.title} ({self.get_language_display()})"


class Version(models.Model):
    """What a text was when it was saved (content.Content as JSON). Never changed, never deleted."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    translation = models.ForeignKey(Translation, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    reason = models.CharField(_("what changed"), max_length=200, blank=True)
    # None: it shipped with the portal.
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"))
    # Of a shipped file: tells whether a newer release brings another text.
    shipped_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["translation", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="education_version_number_unique"),
        ]

    def __str__(self):
        return f"{self.translation} v{self.number}"


class PublicationQuerySet(models.QuerySet):
    def live(self, now):
        """Return what readers see at this moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), withdrawn_at=None, starts_at__lte=now)

    def coming(self, now):
        return self.filter(withdrawn_at=None, starts_at__gt=now)

    def open(self, now):
        """Return what is live or will be."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), withdrawn_at=None)


class Publication(models.Model):
    """One version before readers' eyes, from a moment and until a moment: the clock alone shows and hides it."""

    translation = models.ForeignKey(Translation, models.PROTECT, related_name="publications")
    version = models.ForeignKey(Version, models.PROTECT, related_name="publications")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["translation", "-starts_at"]
        indexes = [models.Index(fields=["translation", "starts_at"], name="education_publication_window")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="education_publication_ends_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
            models.UniqueConstraint(
                fields=["translation"],
                condition=Q(ends_at=None, withdrawn_at=None),
                name="education_publication_one_without_end",
            ),
        ]

    def __str__(self):
        return f"{self.version} {self.starts_at:%Y-%m-%d %H:%M}"


class Approval(models.Model):
    """A named person vouches for one version; a later version asks for a new one."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="approvals")
    name = models.CharField(_("who checked it"), max_length=120)
    role = models.CharField(_("role"), max_length=80, help_text=_("Such as pain physician."))
    clinic = models.ForeignKey(
        "accounts.Clinic", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("clinic")
    )
    approved_on = models.DateField(_("checked on"))
    next_review_on = models.DateField(_("next check"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-approved_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(role=""),
                name="education_approval_names_someone",
                violation_error_message=_("Name who checked it, and their role."),
            ),
            models.CheckConstraint(
                condition=Q(next_review_on__gt=F("approved_on")),
                name="education_approval_reviewed_later",
                violation_error_message=_("The next check must be after this one."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.approved_on}"
