"""What does the solicitation document say of keys, of the opening, and of bids that do not open? (SBP/1 §2.9)

The default text: 87号令 leaves to the document what follows when a bid cannot be deciphered. Its consequences are those
that the opening itself records (sealing/faults.py), so that no document promises another thing than happens.
"""

from collections.abc import Iterator

from django.utils import translation

from yangcai.cases.models import Case
from yangcai.sealing import faults
from yangcai.tendering.models import OpeningPolicy, Recovery

#: What each choice of the bidder leads to where it does not release its keys.
CHOSEN = {
    Recovery.AUTO: "由受托人以各自份额代为开启，投标有效，供应商受其约束",
    Recovery.CONSENT: "供应商在解密时限内同意的，由受托人开启；未同意的，视为撤销投标",
    Recovery.NEVER: "不开启，视为撤销投标",
}


def clauses(case: Case) -> list[str]:
    """The text, a sentence a clause; empty where bids are not sealed by their bidders."""
    found: dict[str, None] = {}
    with translation.override("zh-hans"):  # the document is Chinese, in whatever language its reader looks at the site
        for lot in case.lots.order_by("number"):
            policy = lot.opening_policies.filter(round=0).order_by("revision").last()
            found |= dict.fromkeys(_of(policy) if policy is not None else ())
    return list(found)


def _of(policy: OpeningPolicy) -> Iterator[str]:
    seats, window, extension = policy.seats.count(), policy.window_seconds // 60, policy.extension_seconds // 60
    yield (
        f"投标文件由供应商自行密封；{seats} 方受托人各持一份份额，供应商持 {policy.supplier_shares} 份，"
        f"有效份额达到 {policy.threshold} 份方可开启，开标前任何人不能阅读"
    )
    yield f"开标后供应商应当在 {window} 分钟内在线解密；全部解密或者时限届满后，各投标文件同时开启唱标"
    if extension:
        yield f"时限届满前，供应商报告客户端、证书或者网络故障的，对全部供应商统一延长一次，延长 {extension} 分钟"
    for code, text in CHOSEN.items():
        if code in policy.recovery_allowed:
            yield f"未在时限内解密、遗失开启文件或者遗忘口令，而密封时选择“{code.label}”的：{text}"
    yield f"平台保存的投标文件损坏或者缺失的：{faults.RESTORED.zh}"
    yield f"受托人份额与承诺不一致的：{faults.SET_ASIDE.zh}；属供应商分发有误的：{faults.REVOKED.zh}"
    yield f"受托人份额不足的：{faults.WAITED.zh}"
    yield "是否按时递交，以回执和公开日志为准；平台停机的，按平台停机顺延规则统一顺延"
