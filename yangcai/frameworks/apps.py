from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "yangcai.frameworks"
    label = "frameworks"
    verbose_name = "框架协议"

    def ready(self) -> None:
        from yangcai.frameworks import actions, queries, tasks  # noqa: F401 - they register themselves
        from yangcai.frameworks.actions.refusing import after_an_entrant_refused
        from yangcai.frameworks.rules.terms import file_is_complete
        from yangcai.kernel.actions import AFTERWARDS
        from yangcai.tendering.rules.solicitation.completeness import ALSO_COMPLETE

        ALSO_COMPLETE.append(file_is_complete)
        for code in ("award.refuse", "award.confirm_annulment"):
            AFTERWARDS.setdefault(code, []).append(after_an_entrant_refused)
