from django.apps import AppConfig


class OcdsConfig(AppConfig):
    name = "yangcai.ocds"
    label = "ocds"
    verbose_name = "开放数据"
