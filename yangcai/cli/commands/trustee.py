"""How does a trustee keep its keys and give out its shares, apart from the platform's servers?"""

import argparse

from yangcai.cli.commands.bid import Verb, add_verbs
from yangcai.cli.sealed import closing, duty, keys, releasing, saying
from yangcai.sealing.key_file import TRUSTEE

HELP = ("受托人：密钥、释放份额", "trustees: keys, release of shares")
VERBS: dict[str, Verb] = {
    "keygen": ("生成受托人密钥", "make a trustee's keys", keys.add_arguments, lambda o: keys.run(o, holder=TRUSTEE)),
    "setup": ("生成密钥并登记公钥", "make keys and register them", duty.add_setup, duty.setup),
    "release": (
        "开标时释放截止名单中各投标的份额",
        "release the shares of every bid of the close set",
        releasing.add_trustee,
        releasing.trustee,
    ),
    "test": ("测试能否解出份额，不释放", "test whether the shares can be read", releasing.add_test, releasing.test),
    "close": ("取得截止记录的证明", "fetch the proof of the close", closing.add_fetch, closing.fetch),
    "try": (
        "截止前联网试解份额，只报告能否读取",
        "before a deadline try the shares on line; says only ok or bad",
        duty.add_try,
        duty.try_shares,
    ),
    "drill": ("参加年度演练", "take part in the yearly drill", duty.add_with_key, duty.drill),
    "send": ("把签名的释放送达平台", "send a signed release", saying.add_send, saying.send),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


def run(options: argparse.Namespace) -> int:
    return VERBS[options.doing][3](options)
