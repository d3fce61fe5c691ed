"""How does a supplier seal, check, submit and release a bid without a browser? Offline but for the submission."""

import argparse
from collections.abc import Callable
from typing import TypeAlias

from yangcai.cli.console import say
from yangcai.cli.sealed import closing, keys, looking, releasing, saying, sealing, submitting, uploads
from yangcai.sealing.key_file import SUPPLIER

HELP = ("密封投标：密钥、密封、检查、递交、释放", "sealed bids: keys, sealing, checks, submission, release")

_Add: TypeAlias = Callable[[argparse.ArgumentParser], None]
_Run: TypeAlias = Callable[[argparse.Namespace], int]
#: Chinese, English, its options, what it does.
Verb: TypeAlias = tuple[str, str, _Add, _Run]
VERBS: dict[str, Verb] = {
    "keygen": (
        "生成供应商密钥",
        "make the supplier's keys",
        keys.add_arguments,
        lambda o: keys.run(o, holder=SUPPLIER),
    ),
    "seal": (
        "密封投标文件和报价，并试开",
        "seal files and price, and open them once for trial",
        sealing.add_arguments,
        sealing.run,
    ),
    "inspect": ("查看一个文件的内容", "show what a file says", looking.add_inspect, looking.inspect),
    "rehearse": ("我的投标能打开吗？", "will my bid open?", looking.add_rehearse, looking.run_rehearsal),
    "submit": (
        "分片上传并递交，取得回执",
        "upload in parts, submit, get the receipt",
        submitting.add_arguments,
        submitting.run,
    ),
    "uploads": ("未完成的上传", "uploads that became no bid", uploads.add_list, uploads.show),
    "give-up": ("放弃一个未完成的上传", "give up an upload", uploads.add_give_up, uploads.give_up),
    "release": (
        "开标时释放供应商份额",
        "release the supplier's shares at the opening",
        releasing.add_supplier,
        releasing.supplier,
    ),
    "fetch": ("取回平台保存的开启文件", "fetch the opening file back", submitting.add_fetch, submitting.fetch),
    "close": ("取得截止记录的证明", "fetch the proof of the close", closing.add_fetch, closing.fetch),
    "withdraw": ("签署撤回", "sign a withdrawal", saying.add_withdraw, saying.withdraw),
    "reconfirm": ("更正后签署确认原投标", "confirm the bid after a correction", saying.add_reconfirm, saying.reconfirm),
    "send": ("把签名的释放或撤回送达平台", "send a signed release or withdrawal", saying.add_send, saying.send),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


def add_verbs(parser: argparse.ArgumentParser, verbs: dict[str, Verb]) -> None:
    """One parser per verb."""
    doing = parser.add_subparsers(dest="doing", required=True, metavar=say(zh="操作", en="what"))
    for name, (zh, en, add, _run) in verbs.items():
        sub = doing.add_parser(name, help=say(zh=zh, en=en), description=say(zh=zh, en=en))
        add(sub)


def run(options: argparse.Namespace) -> int:
    return VERBS[options.doing][3](options)
