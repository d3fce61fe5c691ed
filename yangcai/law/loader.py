"""Are the law files sound? Reads them into a Book and refuses, with file and line, whatever is not."""

import datetime
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yangcai.law import model
from yangcai.law.model import Anchor, Book, Clock, Instrument, Pack, Rule, Value
from yangcai.law.source import Fault, LawFaults, Table, read

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ARTICLE = re.compile(r"[1-9]\d{0,3}(\([1-9]\d?\))?", re.ASCII)
REGION = re.compile(r"cn|\d{2}|\d{4}|\d{6}", re.ASCII)
MONTH_DAY = re.compile(r"\d{2}-\d{2}", re.ASCII)
LEAP_YEAR = 2024

INSTRUMENT_KEYS = {
    "zh", "en", "number", "issuer", "promulgated", "in_force", "repealed_by", "repealed_on", "jurisdiction",
    "articles", "parts", "confidence",
}  # fmt: skip
#: By what a pack says that a rule is new.
NAMES = {"zh", "en", "unit"}
RULE_KEYS = {"zh", "en", "unit", "waits_for", "values"}
VALUE_KEYS = {"from", "value", "instrument", "article", "confidence", "also", "jurisdiction", "note"}
CLOCK_KEYS = {"zh", "en", "from", "to", "actor", "rule", "kind", "fires", "procedures", "waits_for", "at_once"}
#: A law pack: what it is, who prepared and who reviewed it, and what it adds to the law.
PACK = "law-pack/1"
PACK_KEYS = {"yangcai", "title", "prepared_by", "reviewed_by", "reviewed_on", "late", "instruments", "rules"}
REPEAL_KEYS = {"repealed_by", "repealed_on"}
#: What is a text wherever it stands, and what a list.
TEXTS = {
    "zh", "en", "number", "issuer", "parts", "confidence", "repealed_by", "unit", "waits_for", "note", "prepared_by",
    "reviewed_by", "late",
}  # fmt: skip
LISTS = {"also", "procedures"}


class Reader:
    """Reads one folder of law files and keeps every fault."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.packs: list[Pack] = []
        self.faults: list[Fault] = []
        self.path = folder
        self.instruments: dict[str, Instrument] = {}
        #: Of which a fault is told already: what cites them is not wrong for that.
        self.unsound: set[str] = set()
        self.rules: dict[str, Rule] = {}
        self.anchors: dict[str, Anchor] = {}
        self.clocks: dict[str, Clock] = {}
        self.alarms: tuple[int, ...] = ()

    def fault(self, line: int, message: str, zh: str) -> None:
        self.faults.append(Fault(self.path, line, message, zh))

    def open(self, path: Path) -> Table:
        self.path = path
        return read(path, self.faults)

    def fields(self, table: Any, *, of: str, line: int, allowed: set[str], needed: set[str]) -> Table | None:
        """The mapping when it has all needed keys, each of its own kind. A key that is misspelt is told as that, not as
        one too many and one too few."""
        if not isinstance(table, Table):
            self.fault(line, f"{of}: a mapping is expected", f"{of}：应当是一组键值")
            return None
        if table.is_unread:
            return None
        missing = sorted(key for key in needed if table.get(key) in (None, ""))
        meant = {key: difflib.get_close_matches(key, allowed - set(table), n=1) for key in set(table) - allowed}
        for key in sorted(meant):
            hint, hint_zh = (
                (f"; did you mean {meant[key][0]}?", f"，是否为 {meant[key][0]}？") if meant[key] else ("", "")
            )
            self.fault(table.lines[key], f"{of}: unknown key {key}{hint}", f"{of}：没有这个键：{key}{hint_zh}")
        misspelt = {near for found in meant.values() for near in found}
        if lacking := [key for key in missing if key not in misspelt]:
            self.fault(table.line, f"{of}: {', '.join(lacking)} is missing", f"{of}：缺少 {'、'.join(lacking)}")
        wrong = [key for key in table if key in allowed and table[key] is not None and not self.is_of_kind(table, key)]
        for key in wrong:
            kind, kind_zh = ("list", "列表") if key in LISTS else ("text", "文字（必要时加引号）")
            self.fault(table.lines[key], f"{of}: {key} is a {kind}", f"{of}：{key} 应当是{kind_zh}")
        return None if missing or wrong or misspelt else table

    @staticmethod
    def is_of_kind(table: Table, key: str) -> bool:
        """Whether what stands there is a text or a list, where it has to be one."""
        if key in TEXTS:
            return isinstance(table[key], str)
        return key not in LISTS or isinstance(table[key], list)

    def day(self, table: Table, key: str, *, of: str) -> datetime.date | None:
        text = table.get(key)
        if text is None:
            return None
        try:
            if not isinstance(text, str) or not ISO.fullmatch(text):
                raise ValueError
            return datetime.date.fromisoformat(text)
        except ValueError:
            self.fault(
                table.lines[key],
                f"{of}: {key} is not a date YYYY-MM-DD: {text}",
                f"{of}：{key} 不是 YYYY-MM-DD 格式的日期：{text}",
            )
            return None

    def choice(self, table: Table, key: str, *, of: str, among: tuple[str, ...]) -> bool:
        if table[key] in among:
            return True
        self.fault(
            table.lines[key], f"{of}: unknown {key} {table[key]}", f"{of}：{key} 的值不在规定范围内：{table[key]}"
        )
        return False

    def load(self, extra: Sequence[Path] = ()) -> Book:
        for key, entry in (top := self.open(self.folder / "instruments.yaml")).items():
            self.instrument(key, entry, line=top.lines[key])
        for path in sorted((self.folder / "rules").glob("*.yaml")):
            for key, entry in (top := self.open(path)).items():
                self.rule(key, entry, line=top.lines[key])
        for path in (*sorted((self.folder / "packs").glob("*.yaml")), *extra):
            self.pack(path, reviewed=path not in extra)
        self.read_clocks()
        if self.faults:
            raise LawFaults(self.faults)
        return Book(
            instruments=MappingProxyType(self.instruments),
            rules=MappingProxyType(self.rules),
            anchors=MappingProxyType(self.anchors),
            clocks=MappingProxyType(self.clocks),
            packs=tuple(self.packs),
            alarms=self.alarms,
        )

    def pack(self, path: Path, *, reviewed: bool) -> None:
        """A change of law in one file: new instruments, repeals, new rules, later values of rules that exist.

        Nothing that stands is overwritten. Where packs are installed they must have been `reviewed`: by somebody else
        than whoever prepared them."""
        top = self.open(path)
        table = self.fields(
            top, of=path.name, line=top.line, allowed=PACK_KEYS, needed={"yangcai", "title", "prepared_by", "rules"}
        )
        if table is None or not self.choice(table, "yangcai", of=path.name, among=(PACK,)):
            return
        words = {"zh", "en"}
        title = self.fields(table["title"], of="title", line=table.lines["title"], allowed=words, needed=words)
        for key, entry in self.section(table, "instruments"):
            line = table["instruments"].lines[key]
            if key in self.instruments:
                self.repeal(key, entry, line=line)
            else:
                self.instrument(key, entry, line=line)
        reviewed_on = self.day(table, "reviewed_on", of=path.name)
        for key, entry in self.section(table, "rules"):
            line = table["rules"].lines[key]
            before = self.rules.get(key)
            if before is None:
                self.rule(key, entry, line=line, topic=key.split(".")[0])
            else:
                self.later_values(before, entry, line=line)
            if key in self.rules and reviewed_on and not table.get("late"):
                old = before.values if before else ()
                for value in self.rules[key].values:
                    if value not in old and value.since < reviewed_on:
                        self.fault(
                            line,
                            f"{key}: applies from {value.since}, before its review: say why under late",
                            f"{key}：自 {value.since} 起适用，早于复核日期；请在 late 写明原因",
                        )
        if reviewed and not (table.get("reviewed_by") and reviewed_on):
            self.fault(
                table.line,
                f"{path.name}: an installed pack says reviewed_by and reviewed_on",
                f"{path.name}：装入的法规包应当写明 reviewed_by 和 reviewed_on",
            )
        if table.get("reviewed_by") and table["reviewed_by"] == table["prepared_by"]:
            self.fault(
                table.lines["reviewed_by"],
                f"{path.name}: whoever prepared it does not review it",
                f"{path.name}：编制人不得复核",
            )
        if title is not None:
            self.packs.append(
                Pack(
                    name=path.stem,
                    zh=title["zh"],
                    en=title["en"],
                    prepared_by=str(table["prepared_by"]),
                    reviewed_by=str(table.get("reviewed_by") or ""),
                    reviewed_on=reviewed_on,
                    late=str(table.get("late") or ""),
                )
            )

    def section(self, table: Table, name: str) -> list[tuple[str, Any]]:
        """The entries of a mapping inside a pack; a fault when it is something else."""
        found = table.get(name)
        if found is None:
            return []
        if not isinstance(found, Table):
            self.fault(table.lines[name], f"{name}: a mapping is expected", f"{name}：应当是一组键值")
            return []
        return list(found.items())

    def repeal(self, key: str, entry: Any, *, line: int) -> None:
        """An instrument that stands may only be repealed, once; what it ruled until then stays."""
        table = self.fields(entry, of=key, line=line, allowed=REPEAL_KEYS, needed={"repealed_on"})
        repealed_on = self.day(table, "repealed_on", of=key) if table is not None else None
        if table is None or repealed_on is None:
            return
        old = self.instruments[key]
        if old.repealed_on is not None:
            self.fault(line, f"{key}: was repealed on {old.repealed_on} already", f"{key}：已于 {old.repealed_on} 废止")
        by = str(table.get("repealed_by") or "")
        if by and by not in self.instruments:
            self.fault(line, f"{key}: unknown instrument {by}", f"{key}：没有文件 {by}")
        self.instruments[key] = replace(old, repealed_by=by, repealed_on=repealed_on)

    def later_values(self, rule: Rule, entry: Any, *, line: int) -> None:
        """A rule that exists gets values of further days; what is written down of the past is not written over."""
        table = self.fields(entry, of=rule.key, line=line, allowed={"values"}, needed={"values"})
        if table is None:
            return
        if not isinstance(table["values"], list):
            self.fault(table.lines["values"], f"{rule.key}: values is a list", f"{rule.key}：values 应当是列表")
            return
        added = [self.value(rule.key, item, unit=rule.unit, line=line) for item in table["values"]]
        known = {(value.since, value.jurisdiction) for value in rule.values}
        found = [value for value in added if value is not None]
        for value in found:
            if (value.since, value.jurisdiction) in known:
                self.fault(
                    line,
                    f"{rule.key}: two values for {value.jurisdiction} from {value.since}",
                    f"{rule.key}：{value.jurisdiction} 自 {value.since} 起有两个值",
                )
            known.add((value.since, value.jurisdiction))
        self.rules[rule.key] = replace(rule, values=tuple(sorted((*rule.values, *found), key=lambda v: v.since)))

    def instrument(self, key: str, entry: Any, *, line: int) -> None:
        needed = {"zh", "en", "number", "issuer", "in_force", "confidence"}
        table = self.fields(entry, of=key, line=line, allowed=INSTRUMENT_KEYS, needed=needed)
        self.unsound.add(key)
        if table is None:
            return
        table.setdefault("parts", "article")
        in_force = self.day(table, "in_force", of=key)
        promulgated, repealed_on = (self.day(table, name, of=key) for name in ("promulgated", "repealed_on"))
        sound = self.choice(table, "confidence", of=key, among=model.CONFIDENCES)
        sound &= self.choice(table, "parts", of=key, among=("article", "section"))
        articles = table.get("articles", 0)
        if not isinstance(articles, int) or articles < 0:
            self.fault(table.lines["articles"], f"{key}: articles is a number", f"{key}：articles 应当是条数")
            sound = False
        if in_force is None or not sound:
            return
        self.unsound.discard(key)
        self.instruments[key] = Instrument(
            key=key,
            zh=table["zh"],
            en=table["en"],
            number=table["number"],
            issuer=table["issuer"],
            in_force=in_force,
            confidence=table["confidence"],
            promulgated=promulgated,
            repealed_by=table.get("repealed_by", ""),
            repealed_on=repealed_on,
            jurisdiction=str(table.get("jurisdiction", model.CHINA)),
            articles=articles,
            parts=table["parts"],
        )

    def rule(self, key: str, entry: Any, *, line: int, topic: str = "") -> None:
        if topic and isinstance(entry, dict) and not NAMES & set(entry):  # a pack that means a rule which stands
            near = difflib.get_close_matches(key, self.rules, n=1)
            meant, meant_zh = (f"; did you mean {near[0]}?", f"，是否为 {near[0]}？") if near else ("", "")
            self.fault(
                line,
                f"{key}: no rule stands under this key{meant} (a new one says zh, en and unit)",
                f"{key}：没有这个键的规则{meant_zh}（新规则应当写明 zh、en 和 unit）",
            )
            return
        topic = topic or self.path.stem
        if not KEY.fullmatch(key) or key.split(".")[0] != topic:
            self.fault(
                line,
                f"{key}: a key reads {topic}.something, like its file",
                f"{key}：键应当写作“{topic}.名称”，与所在文件一致",
            )
        if key in self.rules:
            self.fault(line, f"{key} stands twice", f"{key} 重复")
        table = self.fields(entry, of=key, line=line, allowed=RULE_KEYS, needed={"zh", "en", "unit", "values"})
        if table is None or not self.choice(table, "unit", of=key, among=model.UNITS):
            return
        if "waits_for" in table:
            self.choice(table, "waits_for", of=key, among=model.LATER)
        if not isinstance(table["values"], list):
            self.fault(table.lines["values"], f"{key}: values is a list", f"{key}：values 应当是列表")
            return
        values = [self.value(key, item, unit=table["unit"], line=line) for item in table["values"]]
        found = [value for value in values if value is not None]
        seen: set[tuple[datetime.date, str]] = set()
        for value in found:
            if (value.since, value.jurisdiction) in seen:
                self.fault(
                    line,
                    f"{key}: two values for {value.jurisdiction} from {value.since}",
                    f"{key}：{value.jurisdiction} 自 {value.since} 起有两个值",
                )
            seen.add((value.since, value.jurisdiction))
        self.rules[key] = Rule(
            key=key,
            zh=table["zh"],
            en=table["en"],
            unit=table["unit"],
            values=tuple(sorted(found, key=lambda v: v.since)),
            waits_for=table.get("waits_for", ""),
        )

    def value(self, key: str, entry: Any, *, unit: str, line: int) -> Value | None:
        needed = {"from", "instrument", "article", "confidence"}
        table = self.fields(entry, of=key, line=line, allowed=VALUE_KEYS, needed=needed)
        if table is None:
            return None
        line = table.line
        if "value" not in table:
            self.fault(
                line, f"{key}: value is missing (write null for repealed)", f"{key}：缺少 value（废止的写 null）"
            )
            return None
        since = self.day(table, "from", of=key)
        cited = self.citation(key, str(table["instrument"]), str(table["article"]), line=line)
        region = str(table.get("jurisdiction", model.CHINA))
        if not REGION.fullmatch(region):
            self.fault(line, f"{key}: unknown jurisdiction {region}", f"{key}：没有这个行政区划：{region}")
        also = [self.also(key, str(item), line=line) for item in table.get("also", [])]
        sound = self.choice(table, "confidence", of=key, among=model.CONFIDENCES)
        if since is None or cited is None or not sound:
            return None
        instrument, article = cited
        if since < instrument.in_force:
            self.fault(
                line,
                f"{key}: {instrument.key} is in force only from {instrument.in_force}, not on {since}",
                f"{key}：{instrument.key} 自 {instrument.in_force} 起施行，{since} 尚未施行",
            )
        if instrument.repealed_on and since >= instrument.repealed_on:
            self.fault(
                line,
                f"{key}: {instrument.key} was repealed on {instrument.repealed_on}",
                f"{key}：{instrument.key} 已于 {instrument.repealed_on} 废止",
            )
        if instrument.jurisdiction != model.CHINA and not region.startswith(instrument.jurisdiction):
            self.fault(
                line,
                f"{key}: {instrument.key} rules {instrument.jurisdiction}, not {region}",
                f"{key}：{instrument.key} 适用于 {instrument.jurisdiction}，不适用于 {region}",
            )
        sources = [instrument, *(item[0] for item in also if item is not None)]
        if {source.confidence == model.OWN for source in sources} != {table["confidence"] == model.OWN}:
            self.fault(
                line,
                f"{key}: the platform's own terms, and nothing else, are marked {model.OWN}",
                f"{key}：平台规则应当标明 {model.OWN}，其他依据不得标明",
            )
        if article == model.UNKNOWN and table["confidence"] == "verified":
            self.fault(line, f"{key}: a verified value names its article", f"{key}：已核实的值应当写明条款")
        return Value(
            rule=key,
            unit=unit,
            since=since,
            value=self.number(key, table["value"], unit=unit, line=line),
            instrument=instrument,
            article=article,
            confidence=table["confidence"],
            jurisdiction=region,
            also=tuple(item for item in also if item is not None),
            note=table.get("note", ""),
        )

    def citation(self, key: str, name: str, article: str, *, line: int) -> tuple[Instrument, str] | None:
        instrument = self.instruments.get(name)
        if instrument is None and name in self.unsound:
            return None
        if instrument is None:
            self.fault(line, f"{key}: unknown instrument {name}", f"{key}：没有文件 {name}")
            return None
        if article != model.UNKNOWN and not ARTICLE.fullmatch(article):
            self.fault(
                line,
                f"{key}: an article reads 36 or 36(1), not {article}",
                f"{key}：条款写作 36 或者 36(1)，不写作 {article}",
            )
            return None
        if article != model.UNKNOWN and instrument.articles and int(article.partition("(")[0]) > instrument.articles:
            self.fault(
                line,
                f"{key}: {name} has only {instrument.articles} articles, not {article}",
                f"{key}：{name} 只有 {instrument.articles} 条，没有第 {article} 条",
            )
        return instrument, article

    def also(self, key: str, text: str, *, line: int) -> tuple[Instrument, str] | None:
        name, _, article = text.partition(" ")
        return self.citation(key, name, article, line=line)

    def number(self, key: str, value: Any, *, unit: str, line: int) -> Any:
        """The value in the type of its unit; None for repealed, or when it is wrong (a fault is kept)."""
        if value is None:
            return None
        if unit in model.BANDS:
            if not isinstance(value, list) or len(value) != len(("min", "max")):
                self.fault(line, f"{key}: a band is [lowest, highest]", f"{key}：幅度写作 [最低, 最高]")
                return None
            low, high = (self.number(key, side, unit=model.BANDS[unit], line=line) for side in value)
            if low is None or high is None or low >= high:
                self.fault(line, f"{key}: a band is [lowest, highest]", f"{key}：幅度写作 [最低, 最高]")
                return None
            return MappingProxyType({"min": low, "max": high})
        if unit == "table":
            return self.data_table(key, str(value), line=line)
        result = _typed(value, unit=unit)
        if result is None:
            self.fault(line, f"{key}: {value} is not in {unit}", f"{key}：{value} 不符合单位 {unit}")
        return result

    def data_table(self, key: str, name: str, *, line: int) -> Mapping[str, Any] | None:
        path = self.folder / "data" / f"{name}.yaml"
        if not re.fullmatch(r"[a-z0-9_]+", name) or not path.is_file():
            self.fault(line, f"{key}: there is no table data/{name}.yaml", f"{key}：没有表 data/{name}.yaml")
            return None
        return MappingProxyType(read(path, self.faults))

    def read_clocks(self) -> None:
        top = self.open(self.folder / "clocks.yaml")
        sections = {"anchors", "clocks"}
        table = self.fields(top, of="clocks.yaml", line=1, allowed=sections | {"alarms"}, needed=sections)
        if table is None:
            return
        self.read_alarms(table)
        for key, entry in table["anchors"].items():
            words = {"zh", "en"}
            anchor = self.fields(entry, of=key, line=table["anchors"].lines[key], allowed=words, needed=words)
            if anchor is not None:
                self.anchors[key] = Anchor(key=key, zh=anchor["zh"], en=anchor["en"])
        for key, entry in table["clocks"].items():
            self.clock(key, entry, line=table["clocks"].lines[key])
        named = {anchor.key for clock in self.clocks.values() for anchor in (clock.start, clock.stop)}
        for key in sorted(set(self.anchors) - named):
            self.fault(
                table["anchors"].lines[key], f"{key}: no clock uses this anchor", f"{key}：没有期限使用这个起止点"
            )

    def read_alarms(self, table: Table) -> None:
        """Shares of a clock's time in per cent, rising to 100; none where nobody is warned."""
        alarms = table.get("alarms", [])
        if not isinstance(alarms, list) or not all(isinstance(share, int) and share > 0 for share in alarms):
            self.fault(table.lines["alarms"], "alarms: a list of per cent is expected", "alarms：应当是百分数的列表")
        elif alarms and (alarms != sorted(set(alarms)) or alarms[-1] != model.WHOLE):
            self.fault(
                table.lines["alarms"], "alarms: they rise, and the last one is 100", "alarms：应当递增，最后一个为 100"
            )
        else:
            self.alarms = tuple(alarms)

    def clock(self, key: str, entry: Any, *, line: int) -> None:
        needed = CLOCK_KEYS - {"procedures", "waits_for", "at_once"}
        table = self.fields(entry, of=key, line=line, allowed=CLOCK_KEYS, needed=needed)
        if table is None:
            return
        sound = self.choice(table, "actor", of=key, among=model.ACTORS)
        sound &= self.choice(table, "kind", of=key, among=model.KINDS)
        if "waits_for" in table:
            sound &= self.choice(table, "waits_for", of=key, among=model.LATER)
        if not isinstance(table.get("at_once", []), list):
            self.fault(
                table.lines["at_once"], f"{key}: at_once is a list of Actions", f"{key}：at_once 应当是事项的列表"
            )
            sound = False
        if "waits_for" in table and "at_once" in table:
            self.fault(
                table.lines["at_once"],
                f"{key}: what is done at_once waits_for nothing",
                f"{key}：at_once 的期限不写 waits_for",
            )
        for end in ("from", "to"):
            if table[end] not in self.anchors:
                self.fault(table.lines[end], f"{key}: unknown anchor {table[end]}", f"{key}：没有起止点 {table[end]}")
                sound = False
        rule = self.rules.get(table["rule"])
        if rule is None:
            self.fault(
                table.lines["rule"], f"{key}: there is no rule {table['rule']}", f"{key}：没有规则 {table['rule']}"
            )
        elif rule.unit not in model.TIME_UNITS:
            self.fault(
                table.lines["rule"],
                f"{key}: {rule.key} counts {rule.unit}, not time",
                f"{key}：{rule.key} 的单位是 {rule.unit}，不是时间",
            )
        if sound and rule is not None:
            self.clocks[key] = Clock(
                id=key,
                zh=table["zh"],
                en=table["en"],
                start=self.anchors[table["from"]],
                stop=self.anchors[table["to"]],
                actor=table["actor"],
                rule=rule.key,
                kind=table["kind"],
                fires=table["fires"],
                procedures=tuple(table.get("procedures", ())),
                waits_for=table.get("waits_for", ""),
                at_once=tuple(table.get("at_once", ())),
            )


def _typed(value: Any, *, unit: str) -> Any:
    """The value in the type of a plain unit, or None when it does not fit."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if unit in ("minutes", "days", "working_days", "months", "years", "count"):
        return value if whole else None
    if unit in ("ratio", "yuan"):
        if not whole and not (isinstance(value, Decimal) and value > 0):
            return None
        return Decimal(value).quantize(Decimal("0.01")) if unit == "yuan" else Decimal(value)
    if unit == "fraction":
        fits = isinstance(value, str) and re.fullmatch(r"[1-9]\d*/[1-9]\d*", value)
        return Fraction(value) if fits else None
    if unit == "month_day":
        try:
            fits = isinstance(value, str) and MONTH_DAY.fullmatch(value)
            return value if fits and datetime.date.fromisoformat(f"{LEAP_YEAR}-{value}") else None
        except ValueError:
            return None
    return True if value is True else None  # a principle is in force or repealed, it has no number


def load(folder: Path, *, extra: Sequence[Path] = ()) -> Book:
    """The Book of a folder with instruments.yaml, rules/, data/, packs/ and clocks.yaml, and of `extra` law packs that
    are not installed yet. Raises LawFaults with every fault."""
    return Reader(folder).load(extra)
