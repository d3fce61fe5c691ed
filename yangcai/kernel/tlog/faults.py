"""What can be wrong with something that somebody handed us?"""


class Malformed(ValueError):
    """It is not written as its specification says."""


class Unproven(ValueError):
    """It is well formed and does not show what it claims: a wrong hash, a bad signature, too few witnesses."""
