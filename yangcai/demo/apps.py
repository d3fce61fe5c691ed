from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "yangcai.demo"
    label = "demo"
    verbose_name = "演示"
