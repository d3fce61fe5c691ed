"""Where is each page of somebody who signs in: account, workbench, sandbox?"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, include, path
from django.views.i18n import set_language

from yangcai.www import accounts, confirming, invitations, preferences, samples, sandbox, sessions
from yangcai.www.access import ACCOUNT, PUBLIC, stated


def foreign(route: str, view: Any, name: str, by: str = ACCOUNT) -> URLPattern:
    """A view of allauth or Django, with the word that says who may open it."""
    return path(route, stated(view, by=by), name=name)


#: Only what this platform offers of allauth: no sign-up, no e-mail addresses, no reset by mail (the platform resets).
ACCOUNTS = [
    foreign("login/", account.login, "account_login", PUBLIC),
    foreign("logout/", account.logout, "account_logout", PUBLIC),
    foreign("inactive/", account.account_inactive, "account_inactive", PUBLIC),
    foreign("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    foreign("password/change/", account.password_change, "account_change_password"),
    foreign("password/set/", account.password_set, "account_set_password"),
    path("sessions/", sessions.listing, name="account_sessions"),
    path("invitation/<str:secret>/", invitations.invitation, name="account_invitation"),
    path("address/<str:secret>/", confirming.address, name="account_address"),
    path("post/", accounts.choose_post, name="choose_post"),
    foreign("2fa/", mfa.index, "mfa_index"),
    path("2fa/needed/", accounts.second_factor_needed, name="second_factor_needed"),
    foreign("2fa/authenticate/", mfa.authenticate, "mfa_authenticate", PUBLIC),
    foreign("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    foreign("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    foreign("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    foreign("2fa/recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    foreign("2fa/recovery-codes/generate/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    foreign("2fa/recovery-codes/download/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
    foreign("2fa/webauthn/", webauthn.list_webauthn, "mfa_list_webauthn"),
    foreign("2fa/webauthn/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    foreign("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    foreign("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    foreign("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    foreign("2fa/webauthn/login/", webauthn.login_webauthn, "mfa_login_webauthn", PUBLIC),
]

urlpatterns = [
    path("accounts/", include(ACCOUNTS)),
    path("work/", include("yangcai.www.work.urls")),
    foreign("language/", set_language, "set_language", PUBLIC),
    foreign("preferences/", preferences.choose, "preferences", PUBLIC),
    path("demo/", sandbox.demo, name="demo"),
    path("demo/budget.csv", samples.budget, name="demo_budget"),
    path("demo/budget-template.xlsx", samples.template, name="demo_template"),
    path("demo/solicitation.pdf", samples.solicitation, name="demo_solicitation"),
    path("demo/bids.zip", samples.bids, name="demo_bids"),
    path("sandbox/story/", sandbox.begin_story, name="sandbox_story"),
    path("sandbox/others/", sandbox.change_story, name="sandbox_others"),
    path("sandbox/clock/", sandbox.move_clock, name="sandbox_clock"),
    path("sandbox/papers/", sandbox.issue_papers, name="sandbox_papers"),
    path("sandbox/reset/", sandbox.reset, name="sandbox_reset"),
    path("sandbox/post/", sandbox.switch_post, name="sandbox_post"),
]
