from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yangcai.cases"
    label = "cases"
    verbose_name = "采购项目"

    def ready(self) -> None:
        from yangcai import law
        from yangcai.cases import actions, queries, tasks  # noqa: F401
        from yangcai.kernel import tasks as kernel_tasks

        kernel_tasks.ALARMS[:] = law.alarms()
