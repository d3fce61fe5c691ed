from django.apps import AppConfig


class WwwConfig(AppConfig):
    name = "yangcai.www"
    label = "www"
    verbose_name = "页面"
