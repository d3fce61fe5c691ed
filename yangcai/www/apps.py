from django.apps import AppConfig


class WwwConfig(AppConfig):
    name = "yangcai.www"
    label = "www"
    verbose_name = "页面"

    def ready(self) -> None:
        from allauth.account.signals import password_changed

        from yangcai.kernel import wording
        from yangcai.www import sessions

        wording.install()

        password_changed.connect(sessions.end_others, dispatch_uid="end other sessions")
