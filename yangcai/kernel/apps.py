from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yangcai.kernel"
    label = "kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        """A sandbox goes on into a year that is not announced; nothing real does."""
        from django.conf import settings

        from yangcai.kernel import calendar

        calendar.count_provisional(settings.YANGCAI_SANDBOX)
