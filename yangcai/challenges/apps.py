from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "yangcai.challenges"
    label = "challenges"
    verbose_name = "质疑投诉"
