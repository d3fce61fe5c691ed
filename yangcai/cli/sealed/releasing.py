"""`bid release`, `trustee release`: give out shares of bids that are closed, signed, and not a moment early."""

import argparse
import datetime
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say
from yangcai.cli.sealed import closing, files, keys, passphrases
from yangcai.sealing import statement
from yangcai.sealing.faults import POLICY_UNKNOWN, SHARE_INCONSISTENT, TOO_EARLY, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.key_file import SUPPLIER, TRUSTEE, KeyFile
from yangcai.sealing.opening import close_set, share_fault
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares
from yangcai.sealing.policy import OPERATOR, Policy, Trustee, check_chain
from yangcai.sealing.statement import FailedShare, Release, ReleasedShare
from yangcai.sealing.suites import Pair, suite

#: What the test says of a bid that is for another key of the trustee.
OTHER_SUITE = "other_suite"


def now() -> datetime.datetime:
    """This machine's clock: a trustee does not ask the platform what time it is."""
    return datetime.datetime.now(datetime.UTC)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        action="append",
        help=say(
            zh="公布的开启规则（各版本，或其所在文件夹）", en="the published policy: each revision, or their folder"
        ),
    )
    parser.add_argument("--key", type=Path, required=True, help=say(zh="密钥文件", en="the key file"))
    closing.add_options(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=say(zh="释放声明", en="the release message")
    )
    passphrases.add_option(parser)


def add_supplier(parser: argparse.ArgumentParser) -> None:
    """Options of a supplier's release."""
    _common(parser)
    parser.add_argument("--envelope", type=Path, required=True, help=say(zh="密封文件", en="the envelope"))
    parser.add_argument("--opening", type=Path, required=True, help=say(zh="开启文件", en="the opening file"))
    parser.add_argument(
        "--key-passphrase-file",
        type=Path,
        metavar="FILE",
        help=say(zh="密钥文件的口令", en="passphrase of the key file"),
    )


def add_trustee(parser: argparse.ArgumentParser) -> None:
    """Options of a trustee's release."""
    _common(parser)
    parser.add_argument(
        "envelopes",
        type=Path,
        nargs="+",
        metavar="SBE",
        help=say(zh="截止名单中的全部密封文件", en="every envelope of the close set"),
    )
    parser.add_argument(
        "--close-set",
        metavar="HEX",
        help=say(zh="应有的截止名单摘要", en="digest that the close set should have"),
    )
    parser.add_argument(
        "--after",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=say(
            zh="其他受托人的释放声明（平台受托人必须在其后）",
            en="a release by another trustee (the platform's comes after one)",
        ),
    )


def add_test(parser: argparse.ArgumentParser) -> None:
    """Options of trying a trustee's share."""
    parser.add_argument("envelopes", type=Path, nargs="+", metavar="SBE")
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        action="append",
        help=say(
            zh="公布的开启规则（各版本，或其所在文件夹）", en="the published policy: each revision, or their folder"
        ),
    )
    parser.add_argument("--key", type=Path, required=True, help=say(zh="密钥文件", en="the key file"))
    passphrases.add_option(parser)


def _policies(options: argparse.Namespace) -> list[Policy]:
    """The chain of revisions; refuses before the newest one says that it is time."""
    found = files.policies(options.policy)
    newest = check_chain(found)
    if now() < newest.open_at:
        raise Faulty(TOO_EARLY, newest.open_at.isoformat())
    return found


def _under(header: Header, policies: list[Policy]) -> Policy:
    """The revision that a bid was sealed under. Raises Faulty, as where it is not among those given."""
    named = [policy for policy in policies if policy.sha256 == header.core.policy_sha256]
    header.check(named[0] if named else policies[-1])
    return named[0]


def _each_under(headers: list[Header], policies: list[Policy]) -> list[tuple[Header, Policy]]:
    """Each bid with the revision that it was sealed under. Raises Stop where one was not given, and Faulty."""
    try:
        return [(header, _under(header, policies)) for header in headers]
    except Faulty as faulty:
        if faulty.fault != POLICY_UNKNOWN:
            raise
        raise Stop(
            zh=f"没有给出密封所依据的开启规则 {faulty.detail}，什么都没有签署；请用 --policy 给出已公布的每个版本",
            en=f"the policy {faulty.detail} under which a bid was sealed is not given: nothing was signed; give every"
            " published revision with --policy",
            code=console.VERIFICATION_FAILED,
        ) from faulty


def _signed(
    options: argparse.Namespace,
    policy: Policy,
    held: KeyFile,
    pair: Pair,
    by: str,
    close_leaf: int,
    shares: list[ReleasedShare],
    failed: tuple[FailedShare, ...] = (),
) -> int:
    """Writes the message; how many shares it holds."""
    release = Release(policy.tender, policy.cover, by, close_leaf, tuple(shares), now(), failed)
    message = statement.signed(release, suite=suite(held.suite), keys=pair)
    files.write_new(options.out, message.content)
    return len(shares)


def supplier(options: argparse.Namespace) -> int:
    """The supplier's shares of its own bid."""
    files.refuse_existing(options.out)
    policies = _policies(options)
    header = files.header_of(options.envelope)
    policy = _under(header, policies)
    closed = closing.closed(options, policies[-1], round=header.core.round)
    opening_file = OpeningFile.parse(files.read(options.opening))
    check_belongs(opening_file, header)
    shares = opening_file.shares(passphrase=passphrases.given(options))
    check_shares(header, shares)
    with_key = argparse.Namespace(passphrase_file=options.key_passphrase_file)
    held, pairs = keys.opened(options.key, holder=SUPPLIER, passphrase=passphrases.given(with_key))
    released = [ReleasedShare(header.sha256, x, share) for x, share in shares.items()]
    count = _signed(options, policy, held, pairs["sig"], "supplier", closed.index, released)
    answer(
        options,
        data={"file": str(options.out), "header_sha256": header.sha256.hex(), "shares": count},
        text=say(zh=f"已签署释放 {count} 个份额：{options.out}", en=f"{count} shares released: {options.out}"),
    )
    return console.OK


def trustee(options: argparse.Namespace) -> int:
    """One share of each bid of the close set that is sealed in the suite of this key; 4 when one is of no use: the
    message names it and releases the others, or says only that none is of use."""
    files.refuse_existing(options.out)
    policies = _policies(options)
    headers = [files.header_of(path) for path in options.envelopes]
    closed = closing.closed(options, policies[-1], round=headers[0].core.round)
    ours = close_set([header.sha256 for header in headers]).hex()
    if ours != closed.close_set or options.close_set not in (None, ours):
        raise Stop(
            zh="密封文件与截止名单不一致，不释放任何份额",
            en="these envelopes are not the close set: nothing is released",
            code=console.VERIFICATION_FAILED,
        )
    held, pairs = keys.opened(options.key, holder=TRUSTEE, passphrase=passphrases.given(options))
    me = seat_in(policies[-1], held)
    if me.role == OPERATOR:
        _check_not_first(options, policies[-1], held.suite, me)
    # Before any share: what this machine was not given is no fault of a bid, and is not signed for one.
    own = _each_under([header for header in headers if header.core.suite == held.suite], policies)
    if not own:
        raise Stop(
            zh=f"没有一份投标用套件 {held.suite} 密封，这把密钥没有可释放的份额，什么都没有签署",
            en=f"no bid is sealed in suite {held.suite}: this key has no share to release, and nothing was signed",
        )
    released, faults = [], []
    for header, policy in own:
        try:
            released.append(share_of(header, policy, held, pairs["wrap"], me))
        except Faulty as faulty:
            faults.append((header, faulty.fault))
    others = len(headers) - len(own)
    failed = tuple(FailedShare(header.sha256, fault.code) for header, fault in faults)
    count = _signed(options, policies[-1], held, pairs["sig"], "trustee", closed.index, released, failed)
    answer(
        options,
        data={
            "file": str(options.out),
            "x": me.x,
            "shares": count,
            "of_other_suites": others,
            "faults": [{"header_sha256": header.sha256.hex(), "fault": fault.code} for header, fault in faults],
        },
        text=say(zh=f"受托人 {me.x} 已签署释放 {count} 个份额", en=f"trustee {me.x}: {count} shares released")
        + (
            say(
                zh=f"；另有 {others} 份用其他套件密封，须用该套件的密钥另行释放",
                en=f"; {others} bids are sealed in another suite: release them with the key of that suite",
            )
            if others
            else ""
        ),
        errors=[f"{header.sha256.hex()[:16]}: {say(zh=fault.zh, en=fault.en)}" for header, fault in faults],
    )
    return console.VERIFICATION_FAILED if faults else console.OK


def test(options: argparse.Namespace) -> int:
    """Can this trustee read its share of each bid? Says only ok or bad, and gives nothing out (SBP/1 §2.9)."""
    policies = files.policies(options.policy)
    newest = check_chain(policies)
    held, pairs = keys.opened(options.key, holder=TRUSTEE, passphrase=passphrases.given(options))
    me = seat_in(newest, held)
    found: dict[str, str] = {}
    for path in options.envelopes:
        try:
            header = files.header_of(path)
            if header.core.suite != held.suite:
                found[path.name] = OTHER_SUITE
                continue
            share_of(header, _under(header, policies), held, pairs["wrap"], me)
            found[path.name] = "ok"
        except Faulty as faulty:
            found[path.name] = faulty.fault.code
    bad = [f"{name}: {code}" for name, code in found.items() if code not in {"ok", OTHER_SUITE}]
    lines = "\n".join(f"{name}\t{code}" for name, code in found.items())
    answer(options, data={"x": me.x, "shares": found}, text=lines, errors=bad)
    return console.VERIFICATION_FAILED if bad else console.OK


def seat_in(policy: Policy, held: KeyFile) -> Trustee:
    """Which trustee of the policy this key is."""
    for seat in policy.trustees:
        if seat.wrap_key(held.suite) == held.public["wrap"] and seat.sign_key(held.suite) == held.public["sig"]:
            return seat
    raise Stop(zh="开启规则中没有这把密钥", en="the policy names no trustee with this key", code=console.NOT_PERMITTED)


def _check_not_first(options: argparse.Namespace, policy: Policy, code: str, me: Trustee) -> None:
    """The platform's own share follows that of a person (SBP/1 §2.8, phase B)."""
    for path in options.after:
        message = files.message(path)
        said = message.statement
        if not isinstance(said, Release) or said.by != "trustee" or said.tender != policy.tender:
            continue
        for seat in policy.trustees:
            if seat.x != me.x and seat.x in {share.x for share in said.shares}:
                message.check(suite=suite(code), public=seat.sign_key(code))
                return
    raise Stop(
        zh="平台受托人不得先于其他受托人释放，请用 --after 给出其他受托人的释放声明",
        en="the platform's trustee is never the first: give another trustee's release with --after",
        code=console.NOT_PERMITTED,
    )


def share_of(header: Header, policy: Policy, held: KeyFile, pair: Pair, me: Trustee) -> ReleasedShare:
    """The trustee's share of a bid, held against its commitment. Raises Faulty."""
    if policy.trustee(me.x) != me or header.core.suite != held.suite:
        raise Faulty(SHARE_INCONSISTENT, "wrapped to another key")
    how = suite(held.suite)
    share = how.unwrap(wrapped=header.wraps[me.x], x=me.x, core=header.core.content, private=pair.private)
    if fault := share_fault(header.core, me.x, share):
        raise Faulty(fault, f"share {me.x}")
    return ReleasedShare(header.sha256, me.x, share)
