from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yangcai.cases"
    label = "cases"
    verbose_name = "采购项目"

    def ready(self) -> None:
        from yangcai import law
        from yangcai.cases import actions, queries, stages, tasks  # noqa: F401
        from yangcai.cases.models import Case
        from yangcai.kernel import actions as kernel
        from yangcai.kernel import tasks as kernel_tasks

        kernel_tasks.ALARMS[:] = law.alarms()
        kernel.STAGES[Case] = stages.words
        kernel.ARTICLES["same_person"] = stages.separation
