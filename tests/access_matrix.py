"""Who may open which address: one rule per named URL. A URL that is not here fails tests/portal/test_access.py."""

PRINCIPALS = (
    "anonymous",
    "nurse",
    "physician",
    "clinic_admin",
    "other_nurse",
    "editor",
    "site_admin",
    "patient",
    "other_patient",
)
SIGN_IN, YES, FORBIDDEN, MISSING = "sign in", "yes", 403, 404


def rule(otherwise, **known):
    """Return the outcome for each principal; the anonymous are sent to sign in unless said otherwise."""
    return {name: known.get(name, SIGN_IN if name == "anonymous" else otherwise) for name in PRINCIPALS}


PUBLIC = rule(YES, anonymous=YES)
CLOSED = rule(MISSING, anonymous=MISSING)
SIGNED_IN = rule(YES)
# A list of the own clinics.
CLINICAL = rule(FORBIDDEN, nurse=YES, physician=YES, other_nurse=YES)
# One object of Oak Street; it belongs to `patient`.
CLINICAL_ONE = rule(MISSING, nurse=YES, physician=YES, clinic_admin=FORBIDDEN, patient=FORBIDDEN)
PATIENT = rule(FORBIDDEN, patient=YES, other_patient=YES)
PATIENT_ONE = rule(MISSING, patient=YES, nurse=FORBIDDEN, physician=FORBIDDEN, clinic_admin=FORBIDDEN)
ADMINS = rule(FORBIDDEN, clinic_admin=YES, site_admin=YES)
SITE_ADMINS = rule(FORBIDDEN, site_admin=YES)
# All who have pages of the admin's: education is for editors, accounts for clinic admins.
ADMIN_SITE = rule(FORBIDDEN, clinic_admin=YES, editor=YES, site_admin=YES)
EDITORS = rule(FORBIDDEN, editor=YES, site_admin=YES)
NOBODY = rule(FORBIDDEN)

RULES = {
    "home": PUBLIC,
    "help_alarm": PUBLIC,
    "help_emergency": PUBLIC,
    "help_contact": PUBLIC,
    "sitemap": PUBLIC,
    "education:hub": PUBLIC,
    "education:page": PUBLIC,
    "education:search": PUBLIC,
    "education:sheet_pdf": PUBLIC,
    "education:media": PUBLIC,
    "education:tell_story": PUBLIC,
    "education:story_told": PUBLIC,
    # Without a page and an answer there is nothing to keep.
    "education:feedback": CLOSED,
    "education:feedback_more": PUBLIC,
    "health": PUBLIC,
    "robots": PUBLIC,
    "favicon": PUBLIC,
    "landing": SIGNED_IN,
    "account": SIGNED_IN,
    "admin_sign_in": rule(YES),
    "demo_outbox": rule(FORBIDDEN, clinic_admin=MISSING),
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_inactive": CLOSED,
    "account_signup": CLOSED,
    "account_email": CLOSED,
    "account_set_password": CLOSED,
    "account_reauthenticate": CLOSED,
    "account_email_verification_sent": CLOSED,
    "patients:find": CLINICAL,
    "patients:add": CLINICAL,
    "patients:patient": CLINICAL_ONE,
    "patients:edit": CLINICAL_ONE,
    "patients:death": CLINICAL_ONE,
    "patients:undo_death": CLINICAL_ONE,
    "patients:reopen": CLINICAL_ONE,
    "patients:contact": CLINICAL_ONE,
    "patients:undo_contact": CLINICAL_ONE,
    "pumps:worklist": CLINICAL,
    "pumps:add": CLINICAL_ONE,
    "pumps:pump": CLINICAL_ONE,
    "pumps:edit": CLINICAL_ONE,
    "pumps:explant": CLINICAL_ONE,
    "pumps:fill": CLINICAL_ONE,
    "pumps:amend": CLINICAL_ONE,
    "pumps:book": CLINICAL_ONE,
    "pumps:move": CLINICAL_ONE,
    "pumps:cancel": CLINICAL_ONE,
    "pumps:missed": CLINICAL_ONE,
    "pumps:alarms": CLINICAL,
    "pumps:record_alarm": CLINICAL_ONE,
    "pumps:close_alarm": CLINICAL_ONE,
    "pumps:my": PATIENT,
    "pumps:my_confirm": PATIENT_ONE,
    "pumps:my_change": PATIENT_ONE,
    "reminders:failed": CLINICAL,
    "reminders:handled": CLINICAL_ONE,
    "patients:my_reminders": PATIENT,
    "admin:index": ADMIN_SITE,
    "admin:login": rule(YES),
    "admin:logout": ADMIN_SITE,
    "admin:password_change": ADMIN_SITE,
    "admin:password_change_done": ADMIN_SITE,
    "admin:jsi18n": ADMIN_SITE,
    # Of the accounts.
    "admin:app_list": rule(FORBIDDEN, clinic_admin=YES, editor=MISSING, site_admin=YES),
    "admin:autocomplete": NOBODY,
    "admin:education_page_withdraw": EDITORS,
    "admin:education_page_preview_en": EDITORS,
    "admin:education_page_preview_es": EDITORS,
    "admin:education_translation_publish": EDITORS,
    "admin:education_translation_check": EDITORS,
    "admin:education_translation_versions": EDITORS,
    "admin:education_version_show": EDITORS,
    "admin:education_version_restore": EDITORS,
}

ADMIN_ACTIONS = ("changelist", "add", "history", "delete", "change")
ADMIN_RULES = {
    "accounts_clinic": (ADMINS, SITE_ADMINS, ADMINS, NOBODY, ADMINS),
    "accounts_user": (SITE_ADMINS, SITE_ADMINS, SITE_ADMINS, NOBODY, SITE_ADMINS),
    "accounts_membership": (ADMINS, NOBODY, ADMINS, NOBODY, ADMINS),
    "pumps_pumpmodel": (SITE_ADMINS, NOBODY, SITE_ADMINS, NOBODY, SITE_ADMINS),
    "pumps_stabilitylimit": (SITE_ADMINS,) * 5,
    "education_page": (EDITORS, EDITORS, EDITORS, NOBODY, EDITORS),
    "education_translation": (EDITORS, EDITORS, EDITORS, NOBODY, EDITORS),
    "education_reference": (EDITORS, EDITORS, EDITORS, NOBODY, EDITORS),
    "education_term": (EDITORS, EDITORS, EDITORS, NOBODY, EDITORS),
    "education_image": (EDITORS, EDITORS, EDITORS, NOBODY, EDITORS),
    "education_story": (EDITORS, NOBODY, EDITORS, NOBODY, EDITORS),
    "education_feedback": (EDITORS, NOBODY, EDITORS, NOBODY, EDITORS),
    "pumps_drug": (SITE_ADMINS, NOBODY, SITE_ADMINS, NOBODY, SITE_ADMINS),
}
for model, rules in ADMIN_RULES.items():
    RULES |= {f"admin:{model}_{action}": found for action, found in zip(ADMIN_ACTIONS, rules, strict=True)}

# Pages that only take a form; everything else is asked for with GET.
POSTED = {
    "education:feedback",
    "patients:contact",
    "patients:undo_contact",
    "patients:undo_death",
    "patients:reopen",
    "pumps:missed",
    "pumps:my_confirm",
    "reminders:handled",
    "admin:logout",
    "admin:education_version_restore",
}
