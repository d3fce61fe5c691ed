"""What is the OCDS 1.1 release of a case at a moment, and its record? Pure functions of rows, Entries and a time."""

import datetime
from collections.abc import Iterable
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.queries import timeline
from yangcai.kernel.models import Entry
from yangcai.ocds import contracts as contracts_part
from yangcai.ocds import tender as tender_part
from yangcai.ocds.values import moment, ocid, organisation_id, reference, without_empty
from yangcai.parties.models import Organisation

#: Action -> release tag. An Action that is not here changes nothing that OCDS publishes.
TAGS = {
    "invitation.publish": "tender",
    "correction.publish": "tenderAmendment",
    "case.suspend": "tenderUpdate",
    "case.resume": "tenderUpdate",
    "opening.conclude": "tenderUpdate",
    "lot.declare_unsuccessful": "tenderCancellation",
    "case.terminate": "tenderCancellation",
    "award.announce": "award",
    "award.refuse": "awardCancellation",
    "contract.publish": "contract",
    "contract.amend": "contractAmendment",
    "acceptance.record": "implementation",
    "payment.pay": "implementationUpdate",
    "contract.terminate": "contractTermination",
    "contract.close": "contractTermination",
}
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
)


def release(case: Case, *, at: datetime.datetime, tag: list[str], seq: int) -> dict[str, Any]:
    """Everything that was public about the case at `at`; `seq` is the log index that makes the release's id."""
    process = ocid(case.pk)
    data = {
        "ocid": process,
        "id": f"{process}-{seq}",
        "date": moment(at),
        "tag": tag,
        "initiationType": "tender",
        "language": "zh",
        "buyer": reference(case.buyer),
        "planning": tender_part.planning(case),
        "tender": tender_part.tender(case, at),
        "bids": tender_part.bids(case, at),
        "awards": contracts_part.awards(case, at),
        "contracts": contracts_part.contracts(case, at),
    }
    if case.predecessor_id:
        data["relatedProcesses"] = [
            {
                "id": "1",
                "relationship": ["unsuccessfulProcess"],
                "scheme": "ocid",
                "identifier": ocid(case.predecessor_id),
            }
        ]
    data["parties"] = _parties(case, data)
    return without_empty(data)


def _parties(case: Case, data: dict[str, Any]) -> list[dict[str, Any]]:
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
    suppliers = Organisation.objects.filter(bids__lot__case=case)
    known = {
        organisation_id(o): o
        for o in [case.buyer, *([case.agent] if case.agent else []), *suppliers.distinct()]
        if o is not None
    }
    return [_party(known[key], sorted(roles[key])) for key in sorted(roles)]


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


def _published(case: Case) -> Iterable[Entry]:
    return [e for e in timeline(case) if e.action in TAGS]


def releases(case: Case, *, now: datetime.datetime) -> list[dict[str, Any]]:
    """One release per published step, each a full snapshot of its moment."""
    return [
        release(case, at=entry.at, tag=[TAGS[entry.action]], seq=entry.seq)
        for entry in _published(case)
        if entry.at <= now
    ]


def record(case: Case, *, now: datetime.datetime) -> dict[str, Any]:
    """The releases of a case and what they add up to now."""
    all_releases = releases(case, now=now)
    compiled = release(case, at=now, tag=["compiled"], seq=_last_seq(case))
    return {"ocid": ocid(case.pk), "releases": all_releases, "compiledRelease": compiled}


def _last_seq(case: Case) -> int:
    return max((e.seq for e in timeline(case)), default=0)


def release_package(items: list[dict[str, Any]], *, uri: str, now: datetime.datetime) -> dict[str, Any]:
    return _package(uri, now) | {"releases": items}


def record_package(items: list[dict[str, Any]], *, uri: str, now: datetime.datetime) -> dict[str, Any]:
    return _package(uri, now) | {"records": items}


def _package(uri: str, now: datetime.datetime) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": moment(now),
        "publisher": {"name": "兰州新区政府采购一体化平台"},
        "extensions": list(EXTENSIONS),
    }
