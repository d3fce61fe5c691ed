"""In whose words does somebody set up a second factor? In the platform's: allauth's forms with labels of our own."""

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

#: One way to confirm who one is -> what it is called.
WAYS = {
    "reauthenticate": _("输入密码"),
    "mfa_reauthenticate": _("输入验证器应用的数字或者恢复码"),
    "mfa_reauthenticate:webauthn": _("使用通行密钥"),
}


class FactorAdapter(DefaultMFAAdapter):
    """What goes wrong, and what a new key is called until somebody names it."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("数字或者恢复码不对，请核对后再输入"),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # allauth's name of it
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("通行密钥 %(n)d") % {"n": number}


class AddPasskey(AddWebAuthnForm):
    """The name of a key, and whether it does without a password."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("名称")
        self.fields["name"].help_text = gettext_lazy("以后凭它认出这个密钥，例如所在的设备")
        self.fields["passwordless"].label = gettext_lazy("用它登录，不再输入密码")
        self.fields["passwordless"].help_text = gettext_lazy("设备会以指纹、面容或者解锁密码核实是您本人")


class RenamePasskey(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("名称")


class _Code:
    """The field for a number that an application shows, or for a recovery code."""

    called = _("六位数字或者恢复码")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label = self.called
        field.widget.attrs.pop("placeholder", None)


class ActivateTotp(_Code, ActivateTOTPForm):
    called = _("验证器应用上的六位数字")


class Authenticate(_Code, AuthenticateForm):
    pass


class Reauthenticate(_Code, ReauthenticateForm):
    pass
