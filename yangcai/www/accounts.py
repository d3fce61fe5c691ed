"""How does somebody get an account? From their organisation or the platform, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth, with the sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
