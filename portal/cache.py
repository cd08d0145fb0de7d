"""Redis as the cache, with files in its place while it does not answer: nobody is kept from signing in."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

# A silent Redis is asked again only after a pause, so that each page does not wait for it.
PAUSE_SECONDS = 30.0

logger = logging.getLogger(__name__)


class Cache(BaseCache):
    """Limits on sign-in attempts are counted in either place: they never fall away."""

    silent_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.redis = RedisCache(server, params)
        self.files = FileBasedCache(settings.VAR_DIR / "cache", {})

    def ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Do something in Redis, or in the files when it does not answer."""
        if time.monotonic() >= Cache.silent_until:
            try:
                return getattr(self.redis, name)(*args, **kwargs)
            except RedisError as error:
                Cache.silent_until = time.monotonic() + PAUSE_SECONDS
                logger.warning("The cache in Redis does not answer: %s", type(error).__name__)
        return getattr(self.files, name)(*args, **kwargs)

    def add(self, *args, **kwargs):
        return self.ask("add", *args, **kwargs)

    def get(self, *args, **kwargs):
        return self.ask("get", *args, **kwargs)

    def set(self, *args, **kwargs):
        return self.ask("set", *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self.ask("touch", *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self.ask("delete", *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self.ask("incr", *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self.ask("has_key", *args, **kwargs)

    def clear(self):
        return self.ask("clear")
