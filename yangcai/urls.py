"""Which address leads where?"""

from django.urls import include, path

urlpatterns = [
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]
