"""What can a verification end with, other than nothing being wrong?"""


class Finding(Exception):
    """The first thing that is wrong, in both languages. `kind` and `exit_code` (SBP/1 appendix B) say how bad it is."""

    kind, exit_code = "not_shown", 1

    def __init__(self, *, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class NotVerified(Finding):
    """It could not be shown: a file is missing or damaged, a signature or a quorum fails, it is not merged yet."""


class Evidence(Finding):
    """What the operator signed contradicts itself: keep the files, they prove it."""

    kind, exit_code = "evidence", 2
