from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "yangcai.credit"
    label = "credit"
    verbose_name = "诚信管理"
