"""System checks that need to ask something outside this process."""

from django.conf import settings
from django.core.checks import Error, Warning, register

SECONDS = 2


@register(deploy=False)
def redis_keeps_what_it_is_given(app_configs=None, **kwargs):
    """Refuse a Redis that throws keys away when it is full: the queue lives in it."""
    url = settings.ENV.redis_url
    if not url:
        return []
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as server:
            policy = server.info("memory").get("maxmemory_policy", "")
    except redis.RedisError as error:
        sentence = (
            f"REDIS_URL: the server cannot be reached ({type(error).__name__}); reminders go out without it."
        )
        return [Warning(sentence, id="portal.W001")]
    if policy and policy != "noeviction":
        sentence = f"REDIS_URL: the server evicts keys (maxmemory-policy {policy}); set it to noeviction."
        return [Error(sentence, id="portal.E001")]
    return []
