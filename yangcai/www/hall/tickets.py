"""How does the live process know what a viewer may hear? By a ticket that the page gave it, signed with the site's key.

So it reads no cookie and no password. A ticket says which hall, which version of it, in which language and, of the
version for those inside, through which post and in which session; both are looked at again whenever somebody comes in
with the ticket, and while it is listened to. The session is told by the number of its row, never by its key.
"""

from dataclasses import asdict, dataclass

from django.core import signing

SALT = "yangcai.hall"
#: A ticket lasts as long as a session does: one working day, in seconds.
LASTS = 8 * 60 * 60


@dataclass(frozen=True)
class Audience:
    """Who hears the same: one hall, one version, one language. `post` and `session` are 0 for the version of
    everybody."""

    case: int
    language: str
    post: int = 0
    session: int = 0

    @property
    def inside(self) -> bool:
        return self.post != 0


class BadTicket(ValueError):
    """Not given out by this site, or too long ago."""


def ticket(audience: Audience) -> str:
    return signing.dumps(asdict(audience), salt=SALT)


def read(text: str) -> Audience:
    """Raises BadTicket."""
    try:
        return Audience(**signing.loads(text, salt=SALT, max_age=LASTS))
    except (signing.BadSignature, TypeError) as error:
        raise BadTicket(str(error)) from error
