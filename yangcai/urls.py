"""Which address leads where?"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from yangcai.www import gallery
from yangcai.www.access import PUBLIC, stated

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("yangcai.api.urls")),
    path("sbp/v1/", include("yangcai.api.sbp.urls")),
    path("", include("yangcai.www.public.urls")),
    path("", include("yangcai.www.urls")),
]

if settings.YANGCAI_SANDBOX or settings.DEBUG:
    urlpatterns.append(path("_components/", stated(gallery.page, by=PUBLIC), name="gallery"))

handler400 = "yangcai.www.errors.bad_request"
handler403 = "yangcai.www.errors.not_allowed"
handler404 = "yangcai.www.errors.not_found"
handler500 = "yangcai.www.errors.broken"
