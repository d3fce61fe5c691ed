from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "yangcai.parties"
    label = "parties"
    verbose_name = "主体"
