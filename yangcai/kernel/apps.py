from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yangcai.kernel"
    label = "kernel"
    verbose_name = "内核"
