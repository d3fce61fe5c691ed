from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "yangcai.challenges"
    label = "challenges"
    verbose_name = "质疑投诉"

    def ready(self) -> None:
        from yangcai.challenges import (  # noqa: F401 - they register themselves
            actions,
            objection_tasks,
            objections,
            public_enquiries,
            queries,
            tasks,
        )
        from yangcai.challenges.objection_rules import contract_waits
        from yangcai.contracts.rules.contract import HELD_UP_BY

        HELD_UP_BY.append(contract_waits)
