"""Where is each door of the API?"""

from django.urls import path

from yangcai.api import views

urlpatterns = [
    path("openapi.json", views.schema, name="api_schema"),
    path("me", views.me, name="api_me"),
    path("worklist", views.worklist, name="api_worklist"),
    path("notices", views.notices, name="api_notices"),
    path("feed", views.changes, name="api_feed"),
    path("documents", views.upload, name="api_documents"),
    path("ocds/cases/<int:pk>/releases", views.ocds_releases, name="ocds_releases"),
    path("ocds/cases/<int:pk>/record", views.ocds_record, name="ocds_record"),
    path("award-letters/<int:pk>/explanation", views.explanation, name="api_explanation"),
    path("lots/<int:pk>/preflight", views.preflight_of, name="api_preflight"),
    path("<slug:path>", views.listing, name="api_list"),
    path("<slug:path>/<int:pk>", views.detail, name="api_detail"),
    path("<slug:path>/<int:pk>/actions", views.open_actions, name="api_actions"),
    path("<slug:path>/<int:pk>/actions/<str:code>", views.act, name="api_act"),
]
