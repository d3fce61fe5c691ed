"""Which experts may be drawn, and who has to recuse?"""

import datetime
import re

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import calendar
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import LAW, Expert, Organisation, Post
from yangcai.parties.roles import Role
from yangcai.parties.ties import tied_people
from yangcai.planning.models import ImportExpert
from yangcai.tendering import consortia
from yangcai.tendering.models import (
    Bid,
    BidPartner,
    ChosenExpert,
    CommitteeMember,
    ExpertDraw,
    Invitee,
    Participation,
    PartnerKind,
)
from yangcai.tendering.rules.committee.composition import ECONOMY, places_kept
from yangcai.tendering.rules.committee.outside import outside

#: On what ground a member went who could have stayed, but sat with one who could not and had nobody in its place.
DISSOLVED = "dissolved"


@remembered
def interested(case: Case) -> frozenset[int]:
    """Organisations whose people must stay away: buyer, agent, whoever obtained the file, bids or has confirmed to be a
    member of a consortium, and once the bids lie open whom one names as its subcontractor."""
    suppliers = set(Participation.objects.filter(case=case).values_list("supplier_id", flat=True))
    suppliers |= consortia.of_case(case)
    partners = BidPartner.objects.filter(opened_bid__lot__case=case, kind=PartnerKind.SUBCONTRACTOR).order_by()
    named = Organisation.objects.filter(name__in=partners.values("name")).order_by().values_list("pk")
    coded = Organisation.objects.filter(uscc__in=partners.exclude(uscc="").values("uscc")).order_by().values_list("pk")
    bidders = Bid.objects.filter(lot__case=case).order_by().values_list("supplier_id", flat=True)
    suppliers |= set(bidders.union(named, coded))
    suppliers |= set(Invitee.objects.filter(case=case).values_list("supplier_id", flat=True))
    return frozenset({case.buyer_id, *suppliers} | ({case.agent_id} if case.agent_id else set()))


@remembered
def people_of(organisations: frozenset[int], *, case: Case, now: datetime.datetime) -> frozenset[int]:
    """Everyone who works for one of these organisations or did in the look-back years, and whom another fact binds to
    one (条例 art. 9)."""
    years = law.value("committee.recusal_lookback", **applicable(case, now=now))
    since = calendar.due_on(timezone.localdate(now), -years, "years", rounding="none")
    posts = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=since), organisation_id__in=organisations)
    employed = Expert.objects.filter(Q(left_on__isnull=True) | Q(left_on__gte=since), employer_id__in=organisations)
    return frozenset(
        {
            *posts.values_list("person_id", flat=True),
            *employed.values_list("person_id", flat=True),
            *tied_people(organisations, on=timezone.localdate(now), since=since),
        }
    )


@remembered
def gave_opinions(case: Case) -> frozenset[int]:
    """Who reasoned that imported products are needed evaluates nothing of the purchase (财库〔2007〕119号)."""
    named = ImportExpert.objects.filter(approval__plan_item=case.plan_item_id)
    return frozenset(named.values_list("expert__person_id", flat=True))


def words(specialities: str) -> list[str]:
    """Specialities as they are entered, one by one."""
    return [word for word in re.split(r"[\s,，、;；]+", specialities) if word]


def in_library(*, now: datetime.datetime, case: Case | None = None) -> QuerySet[Expert]:
    """Who is in the library today and has a post there: in the own one, or for a case whose draw from another province
    was filed, on the list of that library alone."""
    other = outside(case) if case is not None else None
    today = timezone.localdate(now)
    experts = Expert.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=today), admitted_on__lte=today)
    experts = experts.filter(pk__in=other.experts.values("pk")) if other is not None else experts.filter(library="")
    acting = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today), role=Role.EXPERT, from_on__lte=today, person__is_active=True
    )
    return experts.filter(pk__in=acting.filter(organisation=F("person__expert__employer")).values("person__expert"))


def pool(case: Case, *, specialities: str, now: datetime.datetime) -> QuerySet[Expert]:
    """Experts of the library who may be drawn: in it today, of the speciality, with no interest, not chosen already."""
    wanted = Q()
    for word in words(specialities):
        wanted |= Q(specialities__icontains=word)
    seated = CommitteeMember.objects.filter(committee__case=case).exclude(replaced_ground=DISSOLVED)
    named = ChosenExpert.objects.filter(choice__case=case, choice__withdrawn_at__isnull=True)
    return (
        in_library(now=now, case=case)
        .filter(wanted)
        .exclude(person_id__in=people_of(interested(case), case=case, now=now) | gave_opinions(case))
        .exclude(person_id__in=seated.values("post__person_id"))
        .exclude(pk__in=named.exclude(choice__is_consented=False).values("expert"))
    )


@remembered
def eligible(case: Case, *, now: datetime.datetime) -> frozenset[int]:
    """The experts of the pool, whatever their speciality."""
    return frozenset(pool(case, specialities="", now=now).values_list("pk", flat=True))


def listed(case: Case, *, specialities: str, is_complex: bool, now: datetime.datetime) -> QuerySet[Expert]:
    """Who stands on the list of a draw: the pool, and the lawyers and economists where one of them must sit."""
    found = pool(case, specialities=specialities, now=now)
    for word in places_kept(case, is_complex=is_complex, now=now):
        found = found | pool(case, specialities=word, now=now)
    return found.select_related("person", "employer")


def kept_seat(member: CommitteeMember) -> str:
    """The speciality for which this seat was kept, where nobody else here has it; empty for any other seat."""
    case = member.committee.case
    others = CommitteeMember.objects.filter(committee_id=member.committee_id, replaced_at__isnull=True)
    others = others.exclude(pk=member.pk)
    drawn = list(ExpertDraw.objects.filter(case=case, drawn_at__isnull=False).order_by("round"))
    for word, name in ((LAW, "lawyers"), (ECONOMY, "economists")):
        if member.expert is None or word not in member.expert.specialities:
            continue
        kept = any((one.commit or {}).get(name) for one in drawn)
        if member.chosen_id is not None and drawn:  # no place was kept in the draw, because this member filled it
            begun = drawn[0].drawn_at or drawn[0].opened_at
            kept = kept or word in places_kept(case, is_complex=drawn[0].is_complex, now=begun)
        if kept and not others.filter(expert__specialities__contains=word).exists():
            return word
    return ""


def substitutes(member: CommitteeMember, *, now: datetime.datetime) -> QuerySet[Expert]:
    """Who may take this seat: for the lawyer's another lawyer; else experts of the same speciality, else of any."""
    kept = kept_seat(member)
    if kept:
        return pool(member.committee.case, specialities=kept, now=now)
    same = pool(member.committee.case, specialities=member.expert.specialities if member.expert else "", now=now)
    return same if same.exists() else pool(member.committee.case, specialities="", now=now)


def seat_of(expert: Expert, *, now: datetime.datetime) -> Post:
    """The post through which a drawn expert sits."""
    today = timezone.localdate(now)
    posts = Post.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today),
        person_id=expert.person_id,
        organisation_id=expert.employer_id,
        role=Role.EXPERT,
        from_on__lte=today,
    )
    return posts.order_by("pk")[0]


def recusal(case: Case, *, now: datetime.datetime, field: str, who: str = "") -> Refusal:
    """The Refusal of whoever has to recuse (政府采购法 art. 12; 条例 art. 9); `field` names the input at fault, which
    names experts or who represents the buyer, `who` the person to those who named it: of several only one may be
    meant."""
    is_expert = field == "experts"
    return refuse(
        "committee.recusal",
        code="recusal",
        zh=("{who}" if who else "该人员")
        + "现在或者近年内任职于采购人、代理机构或者投标人，或者与其有控股、亲属等利害关系，应当回避；"
        + ("请选定其他专家" if is_expert else "请另派代表"),
        en=("{who}" if who else "This person")
        + " works, or lately worked, for the buyer, the agent or a bidder, or is tied to one by shares or"
        " kinship, and must recuse: " + ("choose another expert" if is_expert else "send another representative"),
        field=field,
        who=who,
        **applicable(case, now=now),
    )


def gave_opinion(case: Case, *, now: datetime.datetime, field: str = "", who: str = "") -> Refusal:
    """The Refusal of whoever gave an opinion on imported products (财库〔2007〕119号); `field` and `who` as above."""
    return refuse(
        "import.experts_apart",
        code="gave_import_opinion",
        zh=("{who}：" if who else "") + "参与本项目进口产品论证的专家，不得再参加本项目的评审",
        en=("{who}: " if who else "")
        + "whoever gave an opinion on imported products for this purchase may not evaluate it",
        field=field,
        who=who,
        **applicable(case, now=now),
    )
