from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "yangcai.funds"
    label = "funds"
    verbose_name = "资金"

    def ready(self) -> None:
        from yangcai.funds import actions, queries  # noqa: F401 - they register themselves
