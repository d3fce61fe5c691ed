"""Who may see keys, policies, close sets and uploads? Public keys and policies are public, an upload is private."""

import datetime
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from yangcai.cases.queries import concerns_case, run_by, visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import method, policies
from yangcai.tendering.models import (
    BidClosing,
    BidUpload,
    Drill,
    OpeningAbandonment,
    OpeningPolicy,
    ShareTest,
    SigningKey,
    Trustee,
    TrusteeDuty,
)


@scope(Trustee)
def visible_trustees(post: Post | None, now: datetime.datetime) -> QuerySet[Trustee]:
    """Whoever seals a bid looks at the keys it is sealed for."""
    return Trustee.objects.filter(registered_at__lte=now).select_related("organisation")


@standing(Trustee)
def concerns_trustee(trustee: Trustee, post: Post) -> bool:
    """The trustee's own organisation."""
    return trustee.organisation_id == post.organisation_id


@scope(TrusteeDuty)
def visible_duties(post: Post | None, now: datetime.datetime) -> QuerySet[TrusteeDuty]:
    """One's own organisation's: outside nobody needs to know who holds a key on which day."""
    found = TrusteeDuty.objects.select_related("trustee__organisation", "post__person", "stand_in__person")
    return found.none() if post is None else found.filter(trustee__organisation_id=post.organisation_id)


@standing(TrusteeDuty)
def concerns_duty(duty: TrusteeDuty, post: Post) -> bool:
    """The trustee's own organisation."""
    return duty.trustee.organisation_id == post.organisation_id


@scope(Drill)
def visible_drills(post: Post | None, now: datetime.datetime) -> QuerySet[Drill]:
    """As public as the log that tells of them."""
    return Drill.objects.filter(begun_at__lte=now).select_related("organisation")


@standing(Drill)
def concerns_drill(drill: Drill, post: Post) -> bool:
    """The platform's, and whoever has keys to try."""
    is_own = drill.organisation_id == post.organisation_id
    return is_own or Trustee.objects.filter(organisation_id=post.organisation_id).exists()


@scope(ShareTest)
def visible_share_tests(post: Post | None, now: datetime.datetime) -> QuerySet[ShareTest]:
    """A bidder its own; whoever runs or oversees the case once the bids lie open."""
    found = ShareTest.objects.select_related("bid__lot__case", "bid__supplier", "trustee__organisation")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(bid__supplier_id=post.organisation_id)
    opened = BidClosing.objects.filter(lot=OuterRef("bid__lot"), cover=OuterRef("bid__cover"), unsealed_at__lte=now)
    lies_open = Q(pk__in=[])
    for number, stage in policies.STAGES.items():
        lies_open |= Q(Exists(opened.filter(round=number)), bid__stage=stage)
    return found.filter(lies_open & run_by(post, "bid__lot__case__"))


@scope(SigningKey)
def visible_signing_keys(post: Post | None, now: datetime.datetime) -> QuerySet[SigningKey]:
    """One's own organisation's."""
    found = SigningKey.objects.select_related("post__organisation", "post__person")
    return found.none() if post is None else found.filter(post__organisation_id=post.organisation_id)


@standing(SigningKey)
def concerns_signing_key(key: SigningKey, post: Post) -> bool:
    """The organisation of the key's post."""
    return key.post.organisation_id == post.organisation_id


@scope(OpeningPolicy)
def visible_policies(post: Post | None, now: datetime.datetime) -> QuerySet[OpeningPolicy]:
    """As public as the case; a draft is seen with the file that is being prepared."""
    return OpeningPolicy.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@scope(BidClosing)
def visible_closings(post: Post | None, now: datetime.datetime) -> QuerySet[BidClosing]:
    """It tells how many bids there are: to everybody once they lie open and are read out, to whoever runs or oversees
    the case from the deadline on (87号令 art. 28, 78)."""
    found = BidClosing.objects.filter(closed_at__lte=now, lot__case__in=visible_to(post, now))
    lies_open = Q(unsealed_at__lte=now, lot__case__procedure__in=method.that_read_out())
    inside = run_by(post, "lot__case__") if post is not None else Q(pk__in=[])
    return found.filter(lies_open | inside).select_related("lot__case", "policy")


@standing(BidClosing)
def concerns_closing(closing: BidClosing, post: Post) -> bool:
    return concerns_case(closing.root, post)


@scope(OpeningAbandonment)
def visible_abandonments(post: Post | None, now: datetime.datetime) -> QuerySet[OpeningAbandonment]:
    """Those of whoever runs or oversees the case."""
    found = OpeningAbandonment.objects.filter(closing__lot__case__in=visible_to(post, now))
    inside = run_by(post, "closing__lot__case__") if post is not None else Q(pk__in=[])
    return found.filter(inside).select_related("closing__lot__case", "closing__policy", "proposed_by", "answered_by")


@standing(OpeningAbandonment)
def concerns_abandonment(abandonment: OpeningAbandonment, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(abandonment.root, post)


@scope(BidUpload)
def visible_uploads(post: Post | None, now: datetime.datetime) -> QuerySet[BidUpload]:
    """One's own organisation's: that there are any is a secret (87号令 art. 28)."""
    found = BidUpload.objects.select_related("lot__case", "post")
    if post is None or post.role != Role.SUPPLIER:
        return found.none()
    return found.filter(supplier_id=post.organisation_id)


@standing(BidUpload)
def concerns_upload(upload: BidUpload, post: Post) -> bool:
    """The supplier that uploads."""
    return post.role == Role.SUPPLIER and upload.supplier_id == post.organisation_id


def own_upload(upload: uuid.UUID, *, by: Post) -> BidUpload | None:
    """The session of this id, if this post's organisation began it."""
    if by.role != Role.SUPPLIER:
        return None
    found = BidUpload.objects.filter(sid=upload, supplier_id=by.organisation_id)
    return found.select_related("lot__case", "supplier").first()
