from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "yangcai.api"
    label = "api"
    verbose_name = "接口"
