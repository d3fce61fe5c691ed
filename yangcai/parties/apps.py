from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "yangcai.parties"
    label = "parties"
    verbose_name = "主体"

    def ready(self) -> None:
        from yangcai.parties import (  # noqa: F401 - they register themselves
            actions,
            contact_points,
            credentials,
            delegation,
            joining,
            library,
            queries,
            ties,
        )
