from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "yangcai.supervision"
    label = "supervision"
    verbose_name = "电子监督"

    def ready(self) -> None:
        from yangcai.cases.models import Case
        from yangcai.kernel import actions as kernel
        from yangcai.kernel import tasks as kernel_tasks
        from yangcai.supervision import actions, rules, tasks  # noqa: F401 - they register themselves
        from yangcai.tendering.models import Prequalification

        kernel.BLOCKS.setdefault(Case, []).append(rules.case_is_suspended)
        kernel.BLOCKS.setdefault(Prequalification, []).append(rules.its_case_is_suspended)
        kernel_tasks.MOVERS[Case] = tasks.after_suspensions
