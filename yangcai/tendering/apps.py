from django.apps import AppConfig


class TenderingConfig(AppConfig):
    name = "yangcai.tendering"
    label = "tendering"
    verbose_name = "招标"

    def ready(self) -> None:
        from yangcai.tendering import actions, queries, tasks  # noqa: F401 - they register themselves
