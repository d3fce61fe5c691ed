"""What does the web server call?

Everything is loaded before the first request, and left aside by the collector of garbage: going through all that never
goes away took it longer than most pages take, and whoever asked just then had to wait for it.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import URLPattern, URLResolver, get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangcai.settings")
application = get_wsgi_application()


def _load(found: URLPattern | URLResolver) -> None:
    """The modules of all views, which Django imports at the first request otherwise."""
    for one in getattr(found, "url_patterns", ()):
        _load(one)


_load(get_resolver())
gc.collect()
gc.freeze()
