"""Who may see keys, policies, close sets and uploads? Public keys and policies are public, an upload is private."""

import datetime
import uuid

from django.db.models import QuerySet

from yangcai.cases.queries import visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import BidClosing, BidUpload, OpeningPolicy, SigningKey, Trustee


@scope(Trustee)
def visible_trustees(post: Post | None, now: datetime.datetime) -> QuerySet[Trustee]:
    """Whoever seals a bid looks at the keys it is sealed for."""
    return Trustee.objects.filter(registered_at__lte=now).select_related("organisation")


@standing(Trustee)
def concerns_trustee(trustee: Trustee, post: Post) -> bool:
    return trustee.organisation_id == post.organisation_id


@scope(SigningKey)
def visible_signing_keys(post: Post | None, now: datetime.datetime) -> QuerySet[SigningKey]:
    """One's own organisation's."""
    found = SigningKey.objects.select_related("post__organisation", "post__person")
    return found.none() if post is None else found.filter(post__organisation_id=post.organisation_id)


@standing(SigningKey)
def concerns_signing_key(key: SigningKey, post: Post) -> bool:
    return key.post.organisation_id == post.organisation_id


@scope(OpeningPolicy)
def visible_policies(post: Post | None, now: datetime.datetime) -> QuerySet[OpeningPolicy]:
    """As public as the case; a draft is seen with the file that is being prepared."""
    return OpeningPolicy.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@scope(BidClosing)
def visible_closings(post: Post | None, now: datetime.datetime) -> QuerySet[BidClosing]:
    """With the opening: from then on who takes part is no secret (87号令 art. 28, 41)."""
    found = BidClosing.objects.filter(closed_at__lte=now, lot__case__in=visible_to(post, now))
    return found.select_related("lot__case", "policy")


def own_upload(upload: uuid.UUID, *, by: Post) -> BidUpload | None:
    """The session of this id, if this post's organisation began it."""
    if by.role != Role.SUPPLIER:
        return None
    found = BidUpload.objects.filter(sid=upload, supplier_id=by.organisation_id)
    return found.select_related("lot__case", "supplier").first()
