"""Is a policy refused that would let too few read a bid, and a revision that would take time away?"""

import datetime
import re
from dataclasses import replace

import pytest

from tests.sealing import fixed
from yangcai.kernel.encoding import jcs, parse_jcs
from yangcai.sealing.faults import POLICY_MALFORMED, POLICY_SHORTENED, POLICY_UNSAFE, Faulty
from yangcai.sealing.policy import Policy, check_chain, check_follows

HOUR = datetime.timedelta(hours=1)


def test_what_is_written_is_read_again() -> None:
    for policy in (fixed.policy(), fixed.policy(n=3, ws=1, theta=3)):
        assert Policy.parse(policy.content) == policy


@pytest.mark.parametrize(
    ("n", "ws", "theta", "why"),
    [
        (5, 3, 4, "1 + ws < theta"),  # the supplier's shares and the operator's
        (5, 2, 3, "1 + ws < theta"),
        (3, 1, 4, "theta <= n"),  # trustees alone could not recover
    ],
)
def test_weights_that_open_too_easily_or_never_are_refused(n: int, ws: int, theta: int, why: str) -> None:
    with pytest.raises(Faulty, match=re.escape(why)) as caught:
        fixed.policy(n=n, ws=ws, theta=theta)
    assert caught.value.fault is POLICY_UNSAFE


def changed(**fields: object) -> tuple[object, ...]:
    """The five trustees, the third of them changed."""
    trustees = list(fixed.policy().trustees)
    trustees[2] = replace(trustees[2], **fields)  # type: ignore[arg-type]
    return tuple(trustees)


@pytest.mark.parametrize(
    "fields",
    [
        {"trustees": changed(role="platform")},  # the operator twice
        {"trustees": changed(org="机构1")},  # the same under another role
        {"trustees": tuple(replace(t, role="notary") for t in fixed.policy().trustees)},  # no operator
        {"trustees": tuple(replace(t, org=f"机构{min(t.x, 3)}") for t in fixed.policy().trustees)},
        {"trustees": fixed.policy().trustees[::-1]},
        {"trustees": changed(hpke=fixed.policy().trustees[0].hpke)},
        {"trustees": changed(sig=fixed.policy().trustees[0].sig)},
        {"open_at": fixed.DEADLINE - HOUR},
    ],
)
def test_trustees_who_are_not_independent_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Faulty) as caught:
        fixed.policy(**fields)  # type: ignore[arg-type]
    assert caught.value.fault is POLICY_UNSAFE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", "sbp/2 policy"),
        ("tender", "not-a-uuid"),
        ("rev", 0),
        ("rev", True),
        ("lot", ""),
        ("cover", "BOTH"),
        ("suites", []),
        ("suites", ["I1", "I1"]),
        ("suites", ["I2"]),
        ("theta", "4"),
        ("deadline", "2026-11-23T02:00:00Z"),
        ("window_s", 0),
        ("recovery_allowed", ["perhaps"]),
        ("trustees", []),
        ("witness_policy", None),
        ("extra", 1),
    ],
)
def test_a_field_out_of_its_form_is_refused(name: str, value: object) -> None:
    content = parse_jcs(fixed.policy().content)
    content[name] = value
    with pytest.raises(Faulty) as caught:
        Policy.parse(jcs(content))
    assert caught.value.fault is POLICY_MALFORMED
    del content[name]
    if name != "extra":
        with pytest.raises(Faulty, match="missing"):
            Policy.parse(jcs(content))


def test_bytes_that_are_not_canonical_are_refused() -> None:
    content = fixed.policy().content
    for spoilt in (
        content + b"\n",
        content.replace(b'"rev":1', b'"rev": 1'),
        content.replace(b'"rev":1', b'"rev":1.0'),
    ):
        with pytest.raises(Faulty) as caught:
            Policy.parse(spoilt)
        assert caught.value.fault is POLICY_MALFORMED


def test_a_later_revision_may_only_give_more_time() -> None:
    first = fixed.policy()
    later = replace(
        first, rev=2, deadline=first.deadline + HOUR, open_at=first.open_at + 2 * HOUR, window_s=first.window_s + 1
    )
    assert check_chain([first, later, replace(later, rev=5)]).rev == 5
    for wrong in (
        replace(later, rev=1),
        replace(later, deadline=first.deadline - HOUR),
        replace(first, rev=2, window_s=first.window_s - 1),
        replace(first, rev=2, theta=5),
        replace(first, rev=2, extend_s=0),
        replace(first, rev=2, recovery_allowed=("auto",)),
        replace(first, rev=2, trustees=changed(org="机构9")),  # type: ignore[arg-type]
    ):
        with pytest.raises(Faulty) as caught:
            check_follows(first, wrong)
        assert caught.value.fault is POLICY_SHORTENED
