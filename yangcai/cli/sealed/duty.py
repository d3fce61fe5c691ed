"""`trustee setup`, `trustee try`, `trustee drill`: make keys and register them, try shares before a deadline, take part
in the yearly drill. Each is one command on the machine that keeps the private keys; none of them ever leaves it."""

import argparse
import uuid
from pathlib import Path
from typing import Any

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say
from yangcai.cli.sealed import files, keys, passphrases, releasing
from yangcai.cli.sealed import line as lines
from yangcai.kernel.encoding import base64_of
from yangcai.sealing import key_file, statement
from yangcai.sealing.chance import system
from yangcai.sealing.drill import check_made_up
from yangcai.sealing.faults import Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.key_file import TRUSTEE
from yangcai.sealing.policy import SUITES, Policy
from yangcai.sealing.statement import FailedShare, Release, ReleasedShare
from yangcai.sealing.suites import suite

#: The suite of which every trustee has keys; those of another come beside them.
EVERYBODY = "I1"
#: On whose behalf an organisation holds a share; the platform sets up on its own machine.
ROLES = ("buyer", "agent", "supervisor", "notary")


# --- set-up --------------------------------------------------------------------------------------------------------


def add_setup(parser: argparse.ArgumentParser) -> None:
    """Options of a trustee's first steps."""
    parser.add_argument(
        "--platform",
        action="store_true",
        help=say(zh="在平台服务器上设置平台自己的受托人", en="the platform's own trustee, on its server"),
    )
    parser.add_argument("--role", choices=ROLES, help=say(zh="受托身份", en="on whose behalf"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=say(zh="密钥文件", en="the key file"))
    parser.add_argument(
        "--suite",
        choices=SUITES,
        help=say(
            zh="G1：另生成国密（SM2）密钥，存入旁边的文件（t.key 旁为 t.g1.key）；I1（默认）：只有国际套件的密钥",
            en="G1: SM2 keys too, in a file beside (t.g1.key beside t.key); I1, as without it: none of SM2",
        ),
    )
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help=say(zh="轮换理由（已有公钥时必填）", en="why the keys are rotated")
    )
    lines.add_options(parser, required=False)
    passphrases.add_option(parser)


def setup(options: argparse.Namespace) -> int:
    """New keys, and their public halves in office."""
    if options.platform:
        return _set_up_the_platform(options)
    if not (options.role and options.out and options.server):
        raise Stop(zh="请给出 --role、--out 和 --server", en="give --role, --out and --server", code=console.USAGE)
    paths = _paths(options.out, options.suite or EVERYBODY)
    files.refuse_existing(*paths.values())
    with lines.opened(options) as line:
        in_office = line.ask_json("GET", "/trustees")["items"]
    _keep_sm2_in_office(options, any(one["own"] and one.get("sm2_wrap") for one in in_office))
    words, is_generated = passphrases.given_or_generated(options)
    public: dict[str, str] = {}
    for code, path in paths.items():
        made = key_file.created(holder=TRUSTEE, code=code, passphrase=words, chance=system)
        # Kept first: a key in office whose private half was lost would cost a bid.
        files.write_new(path, made.content)
        public |= keys.public_of(made)
    with lines.opened(options) as line:
        told = line.ask_json("POST", "/trustees", {"role": options.role, "reason": options.reason, **public})
    answer(
        options,
        data={"file": str(options.out), "files": {code: str(path) for code, path in paths.items()}, **told}
        | ({"passphrase": words} if is_generated else {}),
        text=say(
            zh=f"{told['org']} 的公钥已登记，私钥在 {'、'.join(map(str, paths.values()))}",
            en=f"the keys of {told['org']} are in office; the private ones lie in"
            f" {', '.join(map(str, paths.values()))}",
        )
        + passphrases.shown(words, is_generated),
    )
    return console.OK


def _keep_sm2_in_office(options: argparse.Namespace, are_in_office: bool) -> None:
    """SM2 keys leave office, and with them suite G1 for every later tender, only where that is said. Raises Stop."""
    if are_in_office and options.suite is None:
        raise Stop(
            zh="本单位现有国密公钥，不写明 --suite 会使其停用；确要停用的，写明 --suite I1",
            en="SM2 keys are in office and would be retired: say --suite I1 if they are to go",
            code=console.USAGE,
            hint="yangcai trustee setup --suite G1",
        )


def _paths(out: Path, code: str) -> dict[str, Path]:
    """Where the keys of each suite go, a file each. Every trustee has those of the suite that browsers have."""
    beside = {code: out.with_name(f"{out.stem}.{code.lower()}{out.suffix}")} if code != EVERYBODY else {}
    return {EVERYBODY: out, **beside}


def _set_up_the_platform(options: argparse.Namespace) -> int:
    """On the server: its keys lie in YANGCAI_HOME/keys; where some are in office already, they are rotated."""
    site.load()
    from yangcai.kernel import clock
    from yangcai.kernel.actions import ACTIONS, perform
    from yangcai.parties.queries import platform_post
    from yangcai.tendering import keys as own
    from yangcai.tendering.models import Trustee

    now = clock.now()
    post = platform_post(now=now)
    fields = ("hpke_key", "signing_key", "sm2_wrap_key", "sm2_signing_key")
    known = {key for row in Trustee.objects.filter(organisation=post.organisation).values_list(*fields) for key in row}
    if known and not options.reason:
        raise Stop(
            zh="轮换公钥须用 --reason 写明理由", en="state by --reason why the keys are rotated", code=console.USAGE
        )
    in_office = Trustee.objects.filter(organisation=post.organisation, retired_at__isnull=True)
    _keep_sm2_in_office(options, in_office.exclude(sm2_wrap_key="").exists())
    public = _public(own)
    if known & set(public.values()):
        own.rotate_trustee_keys()
        public = _public(own)
    national = _national(own) if (options.suite or EVERYBODY) != EVERYBODY else {}
    if known & set(national.values()):
        own.rotate_trustee_sm2_keys()
        national = _national(own)
    perform(
        ACTIONS["trustee.register"],
        post.organisation,
        by=post,
        now=now,
        role="platform",
        hpke_key=public["hpke"],
        signing_key=public["sig"],
        sm2_wrap_key=national.get("sm2_wrap", ""),
        sm2_signing_key=national.get("sm2_sig", ""),
        reason=options.reason,
    )
    told = say(zh="平台受托人公钥已登记", en="the platform's keys are in office")
    answer(options, data=public | national, text=told)
    return console.OK


def _public(own: Any) -> dict[str, str]:
    wrap, sign = own.trustee_wrap_key().public_key(), own.trustee_signing_key().public_key()
    return {"hpke": base64_of(wrap.public_bytes_raw()), "sig": base64_of(sign.public_bytes_raw())}


def _national(own: Any) -> dict[str, str]:
    return {f"sm2_{name}": base64_of(pair.public) for name, pair in own.trustee_sm2_keys().items()}


# --- before a deadline, and in a drill -----------------------------------------------------------------------------


def add_with_key(parser: argparse.ArgumentParser) -> None:
    """Options of what a trustee does with its key."""
    parser.add_argument("--key", type=Path, required=True, help=say(zh="密钥文件", en="the key file"))
    lines.add_options(parser)
    passphrases.add_option(parser)


def add_try(parser: argparse.ArgumentParser) -> None:
    """Options of trying one's share before the deadline."""
    parser.add_argument(
        "--tender", type=uuid.UUID, required=True, metavar="UUID", help=say(zh="招标标识", en="the tender")
    )
    add_with_key(parser)


def try_shares(options: argparse.Namespace) -> int:
    """Fetch the headers whose share nobody tried, try them here, and report ok or bad; 4 where one cannot be read."""
    held, pairs = keys.opened(options.key, holder=TRUSTEE, passphrase=passphrases.given(options))
    found: dict[str, str] = {}
    with lines.opened(options) as line:
        policies = {
            policy.sha256: policy
            for one in line.ask_json("GET", f"/tenders/{options.tender}/policies")["items"]
            if (policy := Policy.parse(one["policy"].encode()))
        }
        door = f"/opening/{options.tender}/share-tests"
        for lot in line.ask_json("GET", door)["items"]:
            results = {}
            for header in map(_header, lot["headers"]):
                if header.core.suite != held.suite:
                    continue  # for the trustee's other key, with which this is run once more
                results[header.sha256.hex()] = _tried(header, policies, held, pairs["wrap"])
            if results:
                said = [{"header_sha256": digest, "fault": fault} for digest, fault in results.items()]
                line.ask_json("POST", door, {"lot": lot["lot"], "results": said})
            found |= results
    bad = [f"{digest[:16]}: {fault}" for digest, fault in found.items() if fault]
    told = say(zh=f"试解 {len(found)} 份，{len(bad)} 份不能读取", en=f"{len(found)} tried, {len(bad)} cannot be read")
    answer(options, data={"tested": len(found), "bad": len(bad)}, text=told, errors=bad)
    return console.VERIFICATION_FAILED if bad else console.OK


def _header(text: str) -> Header:
    return Header.parse(text.encode())


def _tried(header: Header, policies: dict[bytes, Policy], held: key_file.KeyFile, pair: Any) -> str:
    """Empty where the share can be read, else the code of the fault."""
    policy = policies.get(header.core.policy_sha256)
    if policy is None:
        return "policy_unknown"
    try:
        header.check(policy)
        releasing.share_of(header, policy, held, pair, releasing.seat_in(policy, held))
    except Faulty as faulty:
        return faulty.fault.code
    return ""


def drill(options: argparse.Namespace) -> int:
    """Release the shares of the made-up bids of the drill that goes on; 4 where one cannot be read."""
    held, pairs = keys.opened(options.key, holder=TRUSTEE, passphrase=passphrases.given(options))
    with lines.opened(options) as line:
        given = line.ask_json("GET", "/drill")
        policy, headers = Policy.parse(given["policy"].encode()), [_header(text) for text in given["headers"]]
        for header in headers:
            check_made_up(header)  # before any key touches it: this is no way to the shares of real bids
            header.check(policy)
        me = releasing.seat_in(policy, held)
        shares: list[ReleasedShare] = []
        failed: list[FailedShare] = []
        for header in headers:
            try:
                shares.append(releasing.share_of(header, policy, held, pairs["wrap"], me))
            except Faulty as faulty:
                failed.append(FailedShare(header.sha256, faulty.fault.code))
        said = Release(policy.tender, policy.cover, "trustee", 0, tuple(shares), releasing.now(), tuple(failed))
        message = statement.signed(said, suite=suite(held.suite), keys=pairs["sig"])
        headers_of = {"Content-Type": "application/json"}
        line.ask("POST", f"/drill/{given['drill']}/release", message.content, headers_of)
    told = say(
        zh=f"已参加演练：释放 {len(shares)} 份，{len(failed)} 份不能读取",
        en=f"took part in the drill: {len(shares)} shares released, {len(failed)} cannot be read",
    )
    answer(options, data={"x": me.x, "shares": len(shares), "failed": len(failed)}, text=told)
    return console.VERIFICATION_FAILED if failed else console.OK
