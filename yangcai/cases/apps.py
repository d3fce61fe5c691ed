from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yangcai.cases"
    label = "cases"
    verbose_name = "采购项目"
