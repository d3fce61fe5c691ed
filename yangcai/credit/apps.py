from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "yangcai.credit"
    label = "credit"
    verbose_name = "诚信管理"

    def ready(self) -> None:
        from yangcai.credit import actions, commitments, queries  # noqa: F401 - they register themselves
