from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "yangcai.contracts"
    label = "contracts"
    verbose_name = "合同"
