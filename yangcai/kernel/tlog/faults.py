"""What can be wrong with something that somebody handed us?"""


class Malformed(ValueError):
    """It is not written as its specification says."""


class Unproven(ValueError):
    """It is well formed and does not show what it claims: a wrong hash, a bad signature, too few witnesses."""

    def __init__(self, en: str, *, zh: str) -> None:
        self.zh = zh
        super().__init__(en)


def in_chinese(error: Exception) -> str:
    """What is wrong, for whoever reads Chinese; of what is malformed the words of its specification."""
    return str(getattr(error, "zh", error))
