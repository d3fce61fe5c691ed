from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "yangcai.funds"
    label = "funds"
    verbose_name = "资金"
