"""Is this text a plain YAML or JSON document, and on which line does each value stand?"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from yangcai.kernel.calendar import SHANGHAI

#: A case of 40 bidders and 9 members has some 60 kB; whatever is far beyond that is not a case.
MAX_BYTES = 1_000_000
MAX_DEPTH = 16
#: Longer than any name, address or reason that was published; what a database index can hold.
MAX_TEXT = 500
#: The law that a replay knows begins in 2003; a calendar cannot be asked beyond what a date can hold.
YEARS = range(2000, 2100)

_TAG = "tag:yaml.org,2002:"
_NUMBER_TAGS = {f"{_TAG}int", f"{_TAG}float"}
_TEXT_TAGS = {f"{_TAG}str", f"{_TAG}timestamp"}
_MONEY = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where it stands, and what is wrong, in both languages."""

    file: str
    line: int
    path: str
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        text = self.en if language.startswith("en") else self.zh
        colon = ": " if language.startswith("en") else "："
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}{colon}{text}" if self.path else f"{place}: {text}"

    def __str__(self) -> str:
        return self.in_language("zh")


class CaseFileError(Exception):
    """A case file is wrong; `problems` holds every fault that was found, in the order of the lines."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def load(*, path: Path, name: str = "") -> yaml.Node:
    """Return the root node of a YAML or JSON file. Raises CaseFileError when it is not one plain document."""
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _fatal(name, 0, f"无法读取文件（{error.strerror}）", f"cannot be read ({error.strerror})") from error
    return load_bytes(data=data, name=name)


def load_bytes(*, data: bytes, name: str) -> yaml.Node:
    """Return the root node of a YAML or JSON document. Raises CaseFileError with the line of each fault."""
    if len(data) > MAX_BYTES:
        raise _fatal(name, 0, f"文件超过{MAX_BYTES}字节", f"the file is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _fatal(name, line, "文件不是UTF-8编码", "the file is not UTF-8") from error
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON indents with tabs too, YAML does not; inside a JSON string none can stand
    try:
        _refuse_tricks(text, name)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or ""
        line = mark.line + 1 if mark else 0
        raise _fatal(name, line, f"不是有效的YAML或JSON：{reason}", f"not valid YAML or JSON: {reason}") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise _fatal(name, 0, f"不是有效的YAML或JSON：{reason}", f"not valid YAML or JSON: {reason}") from error
    if root is None:
        raise _fatal(name, 1, "文件是空的", "the file is empty")
    wrong_keys = list(_wrong_keys(root, "", name))
    if wrong_keys:
        raise CaseFileError(wrong_keys)
    return root


def line_of(node: yaml.Node) -> int:
    """The 1-based line on which a node begins."""
    return int(node.start_mark.line) + 1


def _fatal(name: str, line: int, zh: str, en: str) -> CaseFileError:
    return CaseFileError([Problem(name, line, "", zh, en)])


def _refuse_tricks(text: str, name: str) -> None:
    """Refuse aliases (they can grow without bound), deep nesting and second documents before anything is built."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise _fatal(name, line, "不允许使用YAML别名（*）", "YAML aliases (*) are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _fatal(name, line, f"嵌套超过{MAX_DEPTH}层", f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _fatal(name, line, "一个文件只能有一个案例", "one file holds one case only")


def _wrong_keys(node: yaml.Node, path: str, name: str) -> Iterator[Problem]:
    """Keys that are lists or tables, and keys that stand twice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield Problem(name, line_of(key), path, "键应当是文字", "a key must be text")
                continue
            here = f"{path}.{key.value}" if path else str(key.value)
            if str(key.value) in seen:
                yield Problem(name, line_of(key), here, f"键“{key.value}”重复", f"the key “{key.value}” stands twice")
            seen.add(str(key.value))
            yield from _wrong_keys(value, here, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _wrong_keys(item, f"{path}[{index}]", name)


class Reader:
    """Reads typed values out of nodes and collects every Problem; a wrong value reads as None."""

    def __init__(self, *, name: str):
        self.name = name
        self.problems: list[Problem] = []
        self.owners: dict[str, str] = {}  # unified social credit code → the organisation that has it

    def wrong(self, node: yaml.Node, path: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.name, line_of(node), path, zh, en))

    def table(
        self, node: yaml.Node | None, path: str, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping with known keys."""
        values = self.mapping(node, path)
        if node is None or not isinstance(node, yaml.MappingNode):
            return {}
        known = {*required, *optional}
        for key, _ in node.value:
            if key.value not in known:
                place = f"{path}.{key.value}" if path else str(key.value)
                self.wrong(key, place, "不认识的键", "unknown key")
        for key in required:
            if key not in values:
                place = f"{path}.{key}" if path else key
                self.wrong(node, place, "缺少此项", "is missing")
        return {key: value for key, value in values.items() if key in known}

    def mapping(self, node: yaml.Node | None, path: str) -> dict[str, yaml.Node]:
        """The values of a mapping whose keys are free (suppliers, lots, criteria)."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, path, "应当是一组“键: 值”", "must be a mapping of keys to values")
            return {}
        # As written: YAML 1.1 would read the key “on” as true.
        return {str(key.value): value for key, value in node.value}

    def items(self, node: yaml.Node | None, path: str, *, least: int = 0) -> list[tuple[str, yaml.Node]]:
        """The items of a sequence, each with its path."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, path, "应当是一个列表", "must be a list")
            return []
        if len(node.value) < least:
            self.wrong(node, path, f"至少要有{least}项", f"must have at least {least} item(s)")
        return [(f"{path}[{index}]", item) for index, item in enumerate(node.value)]

    def text(self, node: yaml.Node | None, path: str) -> str | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _TEXT_TAGS:
            self.wrong(node, path, "应当是文字（数字要加引号）", "must be text (put numbers in quotes)")
            return None
        value = str(node.value).strip()
        if not value:
            self.wrong(node, path, "不能为空", "must not be empty")
            return None
        if len(value) > MAX_TEXT:
            zh, en = f"超过{MAX_TEXT}个字符", f"is longer than {MAX_TEXT} characters"
            self.wrong(node, path, zh, en)
            return None
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value.replace("\n", "")):
            self.wrong(node, path, "含有控制字符", "holds a control character")
            return None
        return value

    def matching(self, node: yaml.Node | None, path: str, pattern: str, zh: str, en: str) -> str | None:
        value = self.text(node, path)
        if value is not None and not re.fullmatch(pattern, value):
            assert node is not None
            self.wrong(node, path, f"“{value}”{zh}", f"“{value}” {en}")
            return None
        return value

    def choice(self, node: yaml.Node | None, path: str, allowed: tuple[str, ...]) -> str | None:
        value = self.text(node, path)
        if value is not None and value not in allowed:
            assert node is not None
            listed = ", ".join(allowed)
            self.wrong(node, path, f"“{value}”不在可选值之内（{listed}）", f"“{value}” is none of: {listed}")
            return None
        return value

    def uscc(self, node: yaml.Node | None, path: str) -> str | None:
        return self.matching(
            node,
            path,
            _USCC.pattern,
            "不是18位统一社会信用代码",
            "is not a unified social credit code of 18 characters",
        )

    def boolean(self, node: yaml.Node | None, path: str) -> bool | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}bool":
            self.wrong(node, path, "应当是true或false", "must be true or false")
            return None
        return bool(yaml.SafeLoader.bool_values[node.value.lower()])

    def integer(self, node: yaml.Node | None, path: str, *, least: int, most: int) -> int | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"[0-9]{1,6}", str(node.value)):
            self.wrong(node, path, "应当是整数", "must be a whole number")
            return None
        value = int(node.value)
        if not least <= value <= most:
            self.wrong(node, path, f"应在{least}与{most}之间", f"must lie between {least} and {most}")
            return None
        return value

    def money(self, node: yaml.Node | None, path: str, *, least: Decimal = Decimal(0)) -> Decimal | None:
        """Yuan, as a quoted string with at most two decimals; a bare number could already have lost a digit."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}str" or not _MONEY.fullmatch(str(node.value)):
            zh = '金额应写成带引号的元，至多两位小数，如 "1500000.00"'
            self.wrong(node, path, zh, 'money is yuan in quotes with at most two decimals, e.g. "1500000.00"')
            return None
        value = Decimal(node.value).quantize(Decimal("0.01"))
        if value < least:
            self.wrong(node, path, f"{value}元低于{least}元", f"{value} yuan is less than {least}")
            return None
        return value

    def number(self, node: yaml.Node | None, path: str, *, most: Decimal | None = None) -> Decimal | None:
        """A score, weight or rate: not negative, exact, quoted or not."""
        if node is None:
            return None
        if (
            not isinstance(node, yaml.ScalarNode)
            or node.tag not in {*_NUMBER_TAGS, f"{_TAG}str"}
            or not _NUMBER.fullmatch(str(node.value))
        ):
            self.wrong(node, path, '应当是非负数，如 "18.84"', 'must be a number that is not negative, e.g. "18.84"')
            return None
        value = Decimal(node.value)
        if most is not None and value > most:
            self.wrong(node, path, f"{value}超过上限{most}", f"{value} is more than {most}")
            return None
        return value

    def day(self, node: yaml.Node | None, path: str) -> dt.date | None:
        value = self.moment(node, path)
        if isinstance(value, dt.datetime):
            assert node is not None
            self.wrong(node, path, "这里只写日期（YYYY-MM-DD）", "takes a date only (YYYY-MM-DD)")
            return None
        return value

    def moment(self, node: yaml.Node | None, path: str) -> dt.date | dt.datetime | None:
        """A date, or a time of day in Asia/Shanghai as an aware datetime."""
        if node is None:
            return None
        value: Any = node.value if isinstance(node, yaml.ScalarNode) and node.tag in _TEXT_TAGS else ""
        found: dt.date | dt.datetime | None = None
        try:
            if _DAY.fullmatch(value):
                found = dt.date.fromisoformat(value)
            if _TIME.fullmatch(value):
                found = dt.datetime.fromisoformat(value).replace(tzinfo=SHANGHAI)
        except ValueError:
            self.wrong(node, path, f"“{value}”不是有效的日期", f"“{value}” is not a date of the calendar")
            return None
        if found is not None:
            if found.year in YEARS:
                return found
            zh, en = f"应在{YEARS[0]}年至{YEARS[-1]}年之间", f"must lie in the years {YEARS[0]} to {YEARS[-1]}"
            self.wrong(node, path, zh, en)
            return None
        zh = "日期应写成YYYY-MM-DD或YYYY-MM-DDTHH:MM[:SS]（北京时间）"
        self.wrong(node, path, zh, "a date is YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS] (Asia/Shanghai)")
        return None
