"""What does a law file say, at which line? YAML read strictly: no guessing of types, no key twice."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9]\d*)\.\d+", re.ASCII)
QUOTED = ("'", '"', "|", ">")
WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a law file."""

    path: Path
    line: int
    message: str
    zh: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.message}"

    @property
    def in_chinese(self) -> str:
        """As an editor of the law reads it; `str` is English."""
        return f"{self.path.name}:{self.line}: {self.zh}"


class LawFaults(Exception):
    """The law files are wrong; `faults` holds every fault, never only the first."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class Table(dict[str, Any]):
    """A mapping that remembers its line and the line of each key."""

    def __init__(self, line: int):
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        #: Whether its file could not be read at all: that is said, and nothing of what it therefore lacks.
        self.is_unread = False


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Every plain scalar stays text: YAML 1.1 would read 03-31 or 1:30 or `on` as something else."""

    yaml_implicit_resolvers: dict[str, Any] = {}


#: So deep no law file goes; what goes deeper is a slip, or an anchor that names itself.
DEEPEST = 20


class _TooDeep(Exception):
    def __init__(self, line: int):
        self.line = line


def read(path: Path, faults: list[Fault]) -> Table:
    """The file's top mapping. What is wrong goes to `faults`; what can be read is returned."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        why, why_zh = f"not YAML: {error.problem}", f"YAML 写法有误，请检查缩进、引号、括号和冒号：{error.problem}"
        return _unread(path, line, why, why_zh, faults=faults)
    except yaml.reader.ReaderError:
        sign = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, sign.start()) + 1 if sign else 1
        why, why_zh = "a control character is no text", "含有控制字符，不是文本"
        return _unread(path, line, why, why_zh, faults=faults)
    except RecursionError:
        return _unread(path, 1, "nested too deeply", "嵌套过深", faults=faults)
    if not isinstance(node, yaml.MappingNode):
        return _unread(path, 1, "a mapping is expected", "应当是一组键值", faults=faults)
    try:
        value = _value(node, path=path, faults=faults)
    except _TooDeep as deep:
        return _unread(path, deep.line, "nested too deeply", "嵌套过深", faults=faults)
    assert isinstance(value, Table)
    return value


def _unread(path: Path, line: int, message: str, zh: str, *, faults: list[Fault]) -> Table:
    faults.append(Fault(path, line, message, zh))
    table = Table(line)
    table.is_unread = True
    return table


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style in QUOTED:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if NUMBER.fullmatch(text) else text


def _value(node: yaml.Node, *, path: Path, faults: list[Fault], depth: int = 0) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if depth == DEEPEST:
        raise _TooDeep(node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path=path, faults=faults, depth=depth + 1) for item in node.value]
    table = Table(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(Fault(path, line, "a key is a word", "键应当是一个词"))
            continue
        key = str(key_node.value)
        if key in table:
            faults.append(
                Fault(
                    path,
                    line,
                    f"{key} stands twice (first on line {table.lines[key]})",
                    f"{key} 重复（首次在第 {table.lines[key]} 行）",
                )
            )
            continue
        table.lines[key] = line
        table[key] = _value(value_node, path=path, faults=faults, depth=depth + 1)
    return table
