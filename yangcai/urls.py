"""Which address leads where?"""

from django.conf import settings
from django.urls import include, path

from yangcai.www import gallery, preferences, sandbox

urlpatterns = [
    path("preferences/", preferences.choose, name="preferences"),
    path("sandbox/clock", sandbox.move_clock, name="sandbox_clock"),
    path("sandbox/post", sandbox.switch_post, name="sandbox_post"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]

if settings.YANGCAI_SANDBOX or settings.DEBUG:
    urlpatterns.append(path("_components/", gallery.page, name="gallery"))
