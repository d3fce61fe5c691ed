from django.apps import AppConfig


class TenderingConfig(AppConfig):
    name = "yangcai.tendering"
    label = "tendering"
    verbose_name = "电子交易"
