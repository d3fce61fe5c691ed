"""Where does chance come from? From the system, or from whoever checks a known answer: this is the only seam."""

import secrets
from collections.abc import Callable

#: Asked for a number of bytes, gives as many that nobody can foretell.
Chance = Callable[[int], bytes]

#: The operating system's generator.
system: Chance = secrets.token_bytes
