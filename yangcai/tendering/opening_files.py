"""Where does a bidder find its opening file on another device? The platform keeps it locked, for its owner alone.

It holds the bidder's shares under a passphrase or a passkey that the platform never has (SBP/1 §2.4, 10). To leave it
here is the bidder's own choice; whoever stole all of these files would still need each lock, and θ shares.
"""

import datetime

from yangcai.sealing.header import Header
from yangcai.sealing.opening_file import OpeningFile as File
from yangcai.sealing.opening_file import check_belongs
from yangcai.tendering.finalise import NotVerified
from yangcai.tendering.models import BidUpload, OpeningFile


def keep(upload: BidUpload, *, content: bytes, now: datetime.datetime) -> OpeningFile:
    """In the place of the one that was there. Raises Faulty where it is none, or of another bid; NotVerified while the
    envelope was not checked."""
    if upload.verified_at is None:
        raise NotVerified(str(upload))
    file = File.parse(content)
    check_belongs(file, Header.parse(upload.header.encode()))
    kept, _created = OpeningFile.objects.update_or_create(
        upload=upload, defaults={"content": file.content.decode(), "kept_at": now}
    )
    return kept


def of(upload: BidUpload) -> OpeningFile | None:
    """The file that lies here for this upload."""
    return OpeningFile.objects.filter(upload=upload).first()
