from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "yangcai.controls"
    label = "controls"
    verbose_name = "四项控制"

    def ready(self) -> None:
        from yangcai.controls import register

        register.announce()
