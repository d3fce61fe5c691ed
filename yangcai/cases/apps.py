from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yangcai.cases"
    label = "cases"
    verbose_name = "采购项目"

    def ready(self) -> None:
        from yangcai.cases import actions, queries, tasks  # noqa: F401
