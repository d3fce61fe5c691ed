from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yangcai.portal"
    label = "portal"
    verbose_name = "信息门户"
