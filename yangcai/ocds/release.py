"""What is the OCDS 1.1 release of a case at a moment, and its record? Pure functions of rows and a time."""

import datetime
from typing import Any

from django.conf import settings

from yangcai import procedures
from yangcai.kernel.models import Entry
from yangcai.ocds import contracts as contracts_part
from yangcai.ocds import tender as tender_part
from yangcai.ocds.rows import CaseRows, members
from yangcai.ocds.values import (
    DEMO,
    moment,
    ocid,
    organisation_id,
    partner_id,
    partner_reference,
    reference,
    without_empty,
)
from yangcai.parties.models import Organisation
from yangcai.tendering.models import BidPartner

#: Action -> release tag. An Action that is not here changes nothing that OCDS publishes.
TAGS = {
    "invitation.publish": "tender",
    "correction.publish": "tenderAmendment",
    "period.extend": "tenderAmendment",
    "case.suspend": "tenderUpdate",
    "case.resume": "tenderUpdate",
    "opening.conclude": "tenderUpdate",
    "lot.declare_unsuccessful": "tenderCancellation",
    "case.terminate": "tenderCancellation",
    "award.announce": "award",
    "award.confirm_annulment": "awardCancellation",
    "award.refuse": "awardCancellation",
    "contract.publish": "contract",
    "amendment.publish": "contractAmendment",
    "acceptance.record": "implementation",
    "payment.pay": "implementationUpdate",
    "contract.terminate": "contractTermination",
    "contract.close": "contractTermination",
}
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
)


def release(rows: CaseRows, *, at: datetime.datetime, tag: list[str], number: int) -> dict[str, Any]:
    """Everything that was public about the case at `at`; `number` counts the case's releases, for the id."""
    case = rows.case
    process = ocid(case.pk)
    data = {
        "ocid": process,
        "id": f"{process}-{number}",
        "date": moment(at),
        "tag": tag,
        "initiationType": "tender",
        "language": "zh",
        "buyer": reference(case.buyer),
        "planning": tender_part.planning(case),
        "tender": tender_part.tender(rows, at),
        "bids": tender_part.bids(rows, at),
        "awards": contracts_part.awards(rows, at),
        "contracts": contracts_part.contracts(rows, at),
    }
    if case.predecessor_id:
        data["relatedProcesses"] = [
            {
                "id": "1",
                # What follows another purchase's contracts rests on them; anything else is a rerun.
                "relationship": ["prior" if procedures.get(case.procedure).follows else "unsuccessfulProcess"],
                "scheme": "ocid",
                "identifier": ocid(case.predecessor_id),
            }
        ]
    data["parties"] = _parties(rows, data)
    return without_empty(data)


def _parties(rows: CaseRows, data: dict[str, Any]) -> list[dict[str, Any]]:
    roles: dict[str, set[str]] = {}

    def take(reference_: dict[str, str] | None, role: str) -> None:
        if reference_:
            roles.setdefault(reference_["id"], set()).add(role)

    take(data["buyer"], "buyer")
    take(data["tender"]["procuringEntity"], "procuringEntity")
    for one in data["tender"]["tenderers"]:
        take(one, "tenderer")
    for award in data["awards"]:
        for one in award["suppliers"]:
            take(one, "supplier")
    for contract in data["contracts"]:
        for transaction in contract["implementation"]["transactions"]:
            take(transaction["payer"], "payer")
            take(transaction["payee"], "payee")
    case = rows.case
    suppliers = [bid.supplier for lot in rows.lots for bid in lot.opened_bids.all()]
    suppliers += [award.supplier for lot in rows.lots for award in lot.awards.all()]
    everybody = [case.buyer, *([case.agent] if case.agent else []), *suppliers]
    known = {organisation_id(o): o for o in everybody}
    beside = {partner_id(m): m for lot in rows.lots for bid in lot.opened_bids.all() for m in members(bid)}
    return [
        _party(known[key], sorted(roles[key])) if key in known else _member(beside[key], sorted(roles[key]))
        for key in sorted(roles)
    ]


def _member(partner: BidPartner, roles: list[str]) -> dict[str, Any]:
    """As the bid names it: who is not registered here has no address."""
    return {
        **partner_reference(partner),
        "identifier": {"scheme": "CN-USCC", "id": partner.uscc, "legalName": partner.name} if partner.uscc else None,
        "roles": roles,
        "details": {"scale": partner.size},
    }


def _party(organisation: Organisation, roles: list[str]) -> dict[str, Any]:
    return {
        **reference(organisation),
        "identifier": {"scheme": "CN-USCC", "id": organisation.uscc, "legalName": organisation.name}
        if organisation.uscc
        else None,
        "address": {"streetAddress": organisation.address, "countryName": "中国"} if organisation.address else None,
        "roles": roles,
        "details": {"scale": organisation.size} if organisation.size else None,
    }


def releases(rows: CaseRows, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """One release per published step, each a full snapshot of its moment."""
    return [
        release(rows, at=entry.at, tag=[TAGS[entry.action]], number=number)
        for number, entry in enumerate(_published(rows, now), start=1)
    ]


def _published(rows: CaseRows, now: datetime.datetime) -> list[Entry]:
    """The steps that made a release. They are counted within the case: a log index would count the bids too."""
    return sorted((e for e in rows.entries if e.action in TAGS and e.at <= now), key=lambda entry: entry.seq)


def record(rows: CaseRows, *, now: datetime.datetime) -> dict[str, Any]:
    """The releases of a case and what they add up to: at the last published step, so that the same rows give the same
    bytes at any later time."""
    every = releases(rows, now=now)
    steps = _published(rows, now)
    process = ocid(rows.case.pk)
    if not steps:
        return {"ocid": process, "releases": every}
    compiled = release(rows, at=steps[-1].at, tag=["compiled"], number=len(steps))
    return {"ocid": process, "releases": every, "compiledRelease": compiled}


#: Under which licence anybody may use the data.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def release_package(
    items: list[dict[str, Any]], *, uri: str, now: datetime.datetime, policy: str = ""
) -> dict[str, Any]:
    """`policy` is the address of the publication policy, where there is a site that shows it."""
    return _package(uri, policy, now) | {"releases": items}


def record_package(
    items: list[dict[str, Any]], *, uri: str, now: datetime.datetime, policy: str = ""
) -> dict[str, Any]:
    """As release_package."""
    return _package(uri, policy, now) | {"records": items}


def _package(uri: str, policy: str, now: datetime.datetime) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": moment(now),
        "publisher": {"name": f"{DEMO if settings.YANGCAI_SANDBOX else ''}兰州新区政府采购一体化平台"},
        "license": LICENCE,
        **({"publicationPolicy": policy} if policy else {}),
        "extensions": list(EXTENSIONS),
    }
