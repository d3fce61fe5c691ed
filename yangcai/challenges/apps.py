from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "yangcai.challenges"
    label = "challenges"
    verbose_name = "质疑投诉"

    def ready(self) -> None:
        from yangcai.challenges import actions, public_enquiries, queries, tasks  # noqa: F401 - they register themselves
