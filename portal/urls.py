"""Where every page lives. Public pages have a twin under /es/; signed-in pages follow the person."""

from allauth.account import views as allauth
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from portal import views
from portal.education.views import pages, sitemap

# Only the pages we need. The closed ones are named because allauth asks for their addresses.
accounts = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("inactive/", views.closed, name="account_inactive"),
    path("signup/", views.closed, name="account_signup"),
    path("email/", views.closed, name="account_email"),
    path("password/set/", views.closed, name="account_set_password"),
    path("reauthenticate/", views.closed, name="account_reauthenticate"),
    path("confirm-email/", views.closed, name="account_email_verification_sent"),
]

urlpatterns = [
    path("landing/", views.landing, name="landing"),
    path("account/", views.account, name="account"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/login/", views.admin_sign_in, name="admin_sign_in"),
    path("admin/", admin.site.urls),
    path("", include("patients.urls")),
    path("", include("pumps.urls")),
    path("", include("portal.reminders.urls")),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("help/alarm/", pages.page, {"path": "help/alarm"}, name="help_alarm"),
    path("help/emergency/", pages.page, {"path": "help/emergency"}, name="help_emergency"),
    path("help/contact/", pages.page, {"path": "help/contact"}, name="help_contact"),
    path("", include("portal.education.urls")),
    path("accounts/", include(accounts)),
    prefix_default_language=False,
)

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
