"""Language, caching and request ids, for every page."""

import uuid
from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from portal.audit.log import request_id

# Public pages are the same for everyone; what is not says so itself.
SHARED = ("/static/", "/help/", "/es/help/", "/learn/", "/es/learn/", "/health/")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give each request an id that the audit events, the logs and the error page share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex
        token = request_id.set(request.request_id)
        try:
            return self.get_response(request)
        finally:
            request_id.reset(token)


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask who someone is only for views that want to know: a public page reads no session and varies by no cookie."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class LanguageMiddleware:
    """Spanish under /es/, else the signed-in person's setting, else English; never a header's wish."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def language(self, request: HttpRequest) -> str:
        if request.path_info.startswith("/es/"):
            return "es"
        if is_public(request.path_info) or not request.user.is_authenticated:
            return "en"
        return request.user.language


class NoStoreMiddleware:
    """Nothing shown to a signed-in person is kept by a browser or a proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(SHARED) and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True, no_cache=True, must_revalidate=True)
        return response


def is_public(path: str) -> bool:
    """Return whether this address is a public page, which has its own twin under /es/."""
    return path == "/" or path.startswith(("/help/", "/learn/", "/accounts/"))
