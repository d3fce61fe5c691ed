"""资质将到期: a paper in the vault expires in a month, a week or a day."""

from yangcai.notifications.kinds.base import Kind, kind
from yangcai.parties.credentials import KEEPERS

#: So many days before its last day.
DAYS = (30, 7, 1)

CREDENTIAL_EXPIRING = kind(
    Kind(
        "credential_expiring",
        "资质将到期",
        "Papers that expire",
        title=("资质将于 %(on)s 到期：%(case)s", "A paper expires on %(on)s: %(case)s"),
        text=(
            "资质库中的“%(case)s”有效期至 %(on)s。请更换，以免影响投标。",
            "“%(case)s” in your vault is valid until %(on)s. Replace it, so that your bids do not suffer.",
        ),
        tone="warn",
        roles=KEEPERS,
    )
)
