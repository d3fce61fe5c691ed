from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "yangcai.contracts"
    label = "contracts"
    verbose_name = "合同"

    def ready(self) -> None:
        from yangcai.contracts import actions, queries, tasks  # noqa: F401 - they register themselves
