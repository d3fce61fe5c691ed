from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "yangcai.challenges"
    label = "challenges"
    verbose_name = "质疑投诉"

    def ready(self) -> None:
        from yangcai.cases.actions import ALSO_GIVEN, TerminationGround
        from yangcai.challenges import (  # noqa: F401 - they register themselves
            actions,
            objection_tasks,
            objections,
            public_enquiries,
            queries,
            tasks,
        )
        from yangcai.challenges import objection_rules as rules
        from yangcai.contracts.rules.contract import HELD_UP_BY
        from yangcai.kernel.actions import AFTERWARDS
        from yangcai.tendering.rules.award import NO_WINNER_BY
        from yangcai.tendering.rules.releases import LAST_ANSWERS, STILL_EXAMINED
        from yangcai.tendering.tasks.releases import keep_the_plans_tasks

        for code in ("objection.raise", "objection.withdraw", "objection.answer"):
            AFTERWARDS.setdefault(code, []).append(keep_the_plans_tasks)
        HELD_UP_BY.append(rules.contract_waits)
        NO_WINNER_BY.append(rules.begins_anew)
        ALSO_GIVEN[TerminationGround.OBJECTION_UPHELD] = rules.whole_begins_anew
        LAST_ANSWERS.append(rules.last_answer)
        STILL_EXAMINED.append(rules.failure_is_examined)
