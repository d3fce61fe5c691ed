"""Where an attack on a prequalification begins."""

from tests import factories
from tests.factories import at
from tests.invariants.worlds.moments import NOW, Ids
from tests.invariants.worlds.planning import of_case, prepared
from yangcai.cases.models import Case
from yangcai.parties.models import Post
from yangcai.tendering.models import (
    ApplicationFinding,
    Invitee,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
    PrequalificationCorrection,
    Solicitation,
    StatusChange,
)

PREQUALIFIES_UNTIL = at("2026-03-09T17:30")

EXAMINED = at("2026-03-10T09:00")


def applied() -> Ids:
    """A prequalification takes applications until PREQUALIFIES_UNTIL; two have come, a third is withdrawn. Beside it
    one that nobody has applied to, and a draft."""
    factories.set_database_clock(NOW)
    made = prepared()
    Solicitation.objects.filter(case=made).update(invited_by="prequalification")
    announced, other, drafted = (
        _prequalification(case) for case in (made, factories.make_case(), factories.make_case())
    )
    times = {
        "confirmed_at": NOW, "opens_at": NOW, "supply_closes_at": PREQUALIFIES_UNTIL, "closes_at": PREQUALIFIES_UNTIL,
        "examined_on": EXAMINED.date(),
    }  # fmt: skip
    Prequalification.objects.filter(pk__in=[announced.pk, other.pk]).update(**times)
    posts = [factories.make_supplier() for _n in range(4)]
    one, two, gone = (_apply(announced, post) for post in posts[:3])
    PrequalificationApplication.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    correction = PrequalificationCorrection.objects.create(
        prequalification=announced, number=1, item="格式", after="一份", old_closes_at=PREQUALIFIES_UNTIL,
        new_closes_at=PREQUALIFIES_UNTIL, at=NOW,
    )  # fmt: skip
    return {
        **of_case(made),
        "prequalification": announced.pk,
        "other_prequalification": other.pk,
        "drafted_prequalification": drafted.pk,
        "clause": announced.clauses.get().pk,
        "other_clause": other.clauses.get().pk,
        "application": one.pk,
        "second_application": two.pk,
        "withdrawn_application": gone.pk,
        "supplier": one.supplier_id,
        "second_supplier": two.supplier_id,
        "stranger": posts[3].organisation_id,
        "prequalification_correction": correction.pk,
    }


def _prequalification(case: Case) -> Prequalification:
    made = Prequalification.objects.create(
        case=case, title=case.title, requirement="需求", standard="逐项审查", materials="证照", credit_check="信用中国",
        drafted_at=NOW,
    )  # fmt: skip
    PrequalificationClause.objects.create(prequalification=made, number=1, text="具有资质")
    return made


def _apply(prequalification: Prequalification, post: Post) -> PrequalificationApplication:
    return PrequalificationApplication.objects.create(
        prequalification=prequalification, supplier=post.organisation, statement="符合",
        receipt=f"YS{factories.number()}", submitted_by=post, submitted_at=NOW,
    )  # fmt: skip


def examined() -> Ids:
    """After the deadline the first application meets the condition, the second not yet looked at."""
    ids = applied()
    factories.set_database_clock(EXAMINED)
    ApplicationFinding.objects.create(
        application_id=ids["application"], clause_id=ids["clause"], passed=True, at=EXAMINED
    )
    return ids


def prequalified() -> Ids:
    """The first applicant is qualified and on the list, the second is not; the first reported a change."""
    ids = examined()
    ApplicationFinding.objects.create(
        application_id=ids["second_application"], clause_id=ids["clause"], passed=False, reason="过期", at=EXAMINED
    )
    applications = PrequalificationApplication.objects.filter(prequalification_id=ids["prequalification"])
    applications.filter(pk=ids["application"]).update(is_qualified=True, told_at=EXAMINED)
    applications.filter(pk=ids["second_application"]).update(is_qualified=False, reason="过期", told_at=EXAMINED)
    Prequalification.objects.filter(pk=ids["prequalification"]).update(concluded_at=EXAMINED)
    invitee = Invitee.objects.create(
        case_id=ids["case"], supplier_id=ids["supplier"], source="prequalified", is_chosen=True
    )
    change = StatusChange.objects.create(application_id=ids["application"], content="变更", reported_at=EXAMINED)
    return {**ids, "invitee": invitee.pk, "status_change": change.pk}
