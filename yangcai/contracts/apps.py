from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "yangcai.contracts"
    label = "contracts"
    verbose_name = "合同"

    def ready(self) -> None:
        from yangcai.contracts import actions, overdue, queries, tasks  # noqa: F401 - they register themselves
        from yangcai.contracts.actions.closing import after_the_last_lot_failed
        from yangcai.contracts.actions.disclosure import remember_the_year
        from yangcai.kernel.actions import AFTERWARDS

        AFTERWARDS.setdefault("lot.declare_unsuccessful", []).append(after_the_last_lot_failed)
        AFTERWARDS.setdefault("contract.sign", []).append(remember_the_year)
