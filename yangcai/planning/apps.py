from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "yangcai.planning"
    label = "planning"
    verbose_name = "采购计划"
