from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "yangcai.controls"
    label = "controls"
    verbose_name = "四项控制"
