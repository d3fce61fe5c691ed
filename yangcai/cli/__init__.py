"""What can be done from the command line? One file per command under commands/, found by its name.

A command module says in `HELP` what it does (Chinese, English), declares its options in `add_arguments(parser)` and
does it in `run(options) -> int`, the exit code (console.py). Short forms of it are doors: `doors(given)` gives the
arguments that they stand for. It calls `site.load()` when it needs the models.
"""

import argparse
import importlib
import json
import os
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

from yangcai.cli import commands, console, trouble
from yangcai.cli.console import Stop, say
from yangcai.kernel.embedded_postgres import PostgresError

#: What the standard library's parser says of a wrong use, and how it is said in Chinese.
_WRONG_USE = (
    (r"the following arguments are required: (.+)", r"缺少 \1"),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1 后缺少值"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1 不能是 \2（可选 \3）"),
    (r"argument (.+?): invalid \S+ value: (.+)", r"\1 不能是 \2"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 不能与 \2 同用"),
    (r"argument (.+?): (.*[一-鿿].*)", r"\1：\2"),  # our own sentence
)


def _in_chinese(message: str) -> str:
    """The same sentence in Chinese where the parser is known to say it; as it is otherwise."""
    for pattern, sentence in _WRONG_USE:
        if found := re.fullmatch(pattern, message):
            return found.expand(sentence)
    return message


#: The options of every command -> how many words each takes with its value.
_OF_ALL = {"--json": 1, "--quiet": 1, "--yes": 1, "--lang": 2}
#: The number of arguments of a place that takes all that follows: a verb, or the rest of the line.
_VERBS = (argparse.PARSER, argparse.REMAINDER)


class _Formatter(argparse.HelpFormatter):
    """The help of the standard library with its own words in the reader's language."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, say(zh="用法：", en="usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        ours = {"positional arguments": say(zh="参数", en="arguments"), "options": say(zh="选项", en="options")}
        super().start_section(ours.get(heading or "", heading))


class _Parser(argparse.ArgumentParser):
    #: Whether whoever asked reads JSON: a wrong use is answered with an object too.
    in_json = False
    #: Whether this parser is at it already: reading options between places is done in two rounds of reading.
    _is_mixing = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, "add_help": False, **kwargs})
        if kwargs.get("add_help", True):
            self.add_argument("-h", "--help", action="help", help=say(zh="显示本说明", en="show this help"))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Options are read between positional arguments too, as people write them; the standard library does it only
        where no verb follows, so each verb's own parser does it."""
        places = [one for one in self._actions if not one.option_strings]
        if self._is_mixing or not places or any(one.nargs in _VERBS for one in places):
            return super().parse_known_args(args, namespace)
        usage, self._is_mixing = self.usage, True
        if usage is None:  # else it is made of ours, whose first word is longer or shorter than `usage:`
            self.usage = self._without_heading()
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.usage, self._is_mixing = usage, False

    def _without_heading(self) -> str:
        made = self._get_formatter()
        made.add_usage(None, self._actions, self._mutually_exclusive_groups, "")
        return made.format_help().strip().replace("%", "%%")

    def error(self, message: str) -> NoReturn:
        sentence = say(zh=f"用法有误：{_in_chinese(message)}", en=f"Usage error: {message}")
        if _Parser.in_json:
            print(_as_json({}, errors=[sentence]))
        self.print_usage(sys.stderr)
        self.exit(console.USAGE, f"{sentence}\n")


def modules() -> dict[str, ModuleType]:
    """Every command: its name, its module."""
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__))
    found = {name: importlib.import_module(f"{commands.__name__}.{name}") for name in names}
    return {name.rstrip("_").replace("_", "-"): module for name, module in found.items()}  # import_ is `import`


def parser() -> _Parser:
    """The whole command line."""
    top = _Parser(prog="yangcai", description=say(zh="阳采：政府采购一体化平台", en="Yangcai: government procurement"))
    found = top.add_subparsers(dest="command", required=True, metavar=say(zh="命令", en="command"))
    for name, module in modules().items():
        zh, en = getattr(module, "HELP", None) or [(module.__doc__ or name).splitlines()[0]] * 2
        text = say(zh=zh, en=en)
        made = found.add_parser(name, help=text, description=text)
        module.add_arguments(made)
        _understand(made)
        made.set_defaults(json=False, quiet=False, lang=None, yes=False)
    return top


def _understand(parser: argparse.ArgumentParser) -> None:
    """The options of every command: they may stand before its verb and behind it, both read naturally."""
    options = (
        ("--json", say(zh="输出一个 JSON 对象", en="print one JSON object")),
        ("--quiet", say(zh="不显示进度", en="no progress")),
        ("--yes", say(zh="不再询问", en="do not ask")),
    )
    for option, text in options:
        parser.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=text)
    text = say(zh="语言", en="language")
    parser.add_argument("--lang", choices=["zh", "en"], default=argparse.SUPPRESS, help=text)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in dict.fromkeys(action.choices.values()):
                _understand(below)


def main(arguments: Sequence[str] | None = None, *, stopped: Callable[[Stop], object] = lambda stop: None) -> int:
    """Run one command; its exit code. `stopped` hears why a command ended early."""
    console.write_whatever_comes()
    given = _led(_behind(list(sys.argv[1:] if arguments is None else arguments)))
    console.choose_language(_language(given))
    _Parser.in_json = "--json" in given
    top = parser()
    options, unknown = top.parse_known_args(given)
    if unknown:
        top.error(say(zh=f"多余的参数 {' '.join(unknown)}", en=f"unrecognized arguments: {' '.join(unknown)}"))
    try:
        return int(modules()[options.command].run(options))
    except KeyboardInterrupt:
        return console.INTERRUPTED
    except Stop as stop:
        stopped(stop)
        return _failed(options, stop.code, say(zh=stop.zh, en=stop.en), hint=stop.hint, data=stop.data)
    except PostgresError as error:
        return _failed(options, console.NOT_MET, str(error), hint="yangcai doctor")
    except BrokenPipeError:  # whoever read our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return console.BROKEN_PIPE
    except Exception as error:
        if refusals := getattr(error, "refusals", None):
            return _failed(options, console.NOT_MET, *[refusal.cited for refusal in refusals])
        if known := trouble.known(error):
            return _failed(options, known.code, say(zh=known.zh, en=known.en), hint=known.hint)
        if not options.json:
            traceback.print_exc()
        return _failed(options, console.UNEXPECTED, f"{type(error).__name__}: {error}")


def _behind(given: list[str]) -> list[str]:
    """The options of every command behind the command's name, where they were written before it."""
    before: list[str] = []
    rest = list(given)
    while rest and (rest[0] in _OF_ALL or rest[0].startswith("--lang=")):
        before += [rest.pop(0) for _one in range(min(len(rest), _OF_ALL.get(rest[0], 1)))]
    return [*rest[:1], *before, *rest[1:]] if rest else given


def _led(given: list[str]) -> list[str]:
    """The arguments with the long form for a short one, where a command has such."""
    module = modules().get(given[0]) if given else None
    doors = getattr(module, "doors", None)
    return [given[0], *doors(given[1:])] if doors else given


def _language(given: Sequence[str]) -> str:
    """Before the parser is made, for its own texts: --lang, else YANGCAI_LANG, else Chinese."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--lang", nargs="?")
    chosen = early.parse_known_args(given)[0].lang or os.environ.get("YANGCAI_LANG")
    return "en" if chosen == "en" else "zh"


def _failed(
    options: argparse.Namespace, code: int, *sentences: str, hint: str = "", data: Mapping[str, Any] | None = None
) -> int:
    if options.json:
        print(_as_json(data or {}, errors=sentences))
    else:
        for sentence in sentences:
            print(sentence, file=sys.stderr)
        if hint:
            print(say(zh=f"可试：{hint}", en=f"Try: {hint}"), file=sys.stderr)
    return code


def _as_json(data: Mapping[str, Any], *, errors: Sequence[str]) -> str:
    """What a command that did not do its work says to a program."""
    answer = {"ok": False, "data": dict(data), "warnings": [], "errors": list(errors)}
    return json.dumps(answer, ensure_ascii=False, default=str)
