from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yangcai.portal"
    label = "portal"
    verbose_name = "信息门户"

    def ready(self) -> None:
        from yangcai.portal import notices  # noqa: F401 — registers the notice types
        from yangcai.portal.guidance import actions, queries, tasks  # noqa: F401 - they register themselves
