from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "yangcai.planning"
    label = "planning"
    verbose_name = "采购计划"

    def ready(self) -> None:
        from yangcai.planning import actions, queries, tasks  # noqa: F401 - they register themselves
