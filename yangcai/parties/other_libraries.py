"""Which experts stand on the list that another province's library sent, and how do they come to have a seat here?"""

import csv
import datetime
import hashlib
import io
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from yangcai.parties.models import Expert, Organisation, OrganisationKind, Person, Post
from yangcai.parties.roles import Role

#: The columns of a list, in any order; what else stands beside them is not read.
COLUMNS = ("编号", "姓名", "工作单位", "评审专业")
MOST_LINES = 2000
LONGEST_CELL = 200
#: The advisory lock of whoever takes a list in.
LOCK = 7391006
#: What stands between the parts of a name, and is written in many ways: spaces, and the middle dots that NFKC leaves.
BETWEEN = re.compile(r"[\s·•‧∙⋅・]")


@dataclass(frozen=True)
class Listed:
    """One line of a list: where it stands in the file (the header is line 1), the number in its own library, who,
    where, in what field."""

    line: int
    number: str
    name: str
    unit: str
    specialities: str


class BadList(ValueError):
    """The file is no such list; zh and en say why."""

    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.zh, self.en = zh, en


def read(content: bytes) -> tuple[Listed, ...]:
    """The lines of a list in CSV, UTF-8 or GB18030. Raises BadList."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadList("名单的编码既不是 UTF-8 也不是 GB18030", "the list is neither in UTF-8 nor in GB18030")
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip() for cell in next(rows, [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise BadList(f"名单缺少列：{'、'.join(missing)}", f"columns are missing: {', '.join(missing)}")
    places = [header.index(column) for column in COLUMNS]
    found = []
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        if not all(cells) or any(len(cell) > LONGEST_CELL or "\0" in cell for cell in cells):
            raise BadList(
                f"名单第 {line} 行有空白或者过长的内容", f"line {line} of the list has an empty or overlong cell"
            )
        found.append(Listed(line, *cells))
        if len(found) > MOST_LINES:
            raise BadList(f"名单超过 {MOST_LINES} 行", f"the list has more than {MOST_LINES} lines")
    if not found:
        raise BadList("名单没有专家", "the list names nobody")
    first: dict[str, int] = {}
    for one in found:
        if (line := first.setdefault(one.number, one.line)) != one.line:
            raise BadList(
                f"名单第 {one.line} 行与第 {line} 行的编号相同",
                f"line {one.line} of the list has the number of line {line}",
            )
    return tuple(found)


def digest(content: bytes) -> str:
    """SHA-256 of the file as it was sent: the other library has the same one."""
    return hashlib.sha256(content).hexdigest()


def one_at_a_time() -> None:
    """Waits until whoever is taking a list in is done; holds to the end of the transaction. Two lists at once with the
    same new number, or a new unit, would each find that nobody has it yet. Comes before `other_names`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: 买买提·吐尔逊 is 买买提・吐尔逊, 张　三 is 张三."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return BETWEEN.sub("", unicodedata.normalize("NFKC", name))


def other_names(library: str, listed: Sequence[Listed]) -> list[int]:
    """The lines whose number stood beside another name on an earlier list of this library: whose seat would that be?"""
    known = dict(Expert.objects.filter(library=library).values_list("library_number", "person__name"))
    return [one.line for one in listed if not same_name(known.get(one.number, one.name), one.name)]


def take_in(
    library: str, listed: Sequence[Listed], *, corrected: Collection[int] = (), now: datetime.datetime
) -> tuple[list[Expert], int]:
    """The experts of a list and how many of them are new here, each with a person, a unit and a post, so that who is
    drawn can sign in. Whoever came with an earlier list is known by its number and keeps its name as it was spelled;
    on the lines `corrected` the name is another, and the person the same. Never drawn for a case of this province's own
    library. Raises ValueError for another name on any other line (`other_names` comes first)."""
    one_at_a_time()
    if unsaid := set(other_names(library, listed)) - set(corrected):
        raise ValueError(f"another name on line {min(unsaid)}")
    today = timezone.localdate(now)
    earlier = Expert.objects.filter(library=library).select_related("person")
    known = {one.library_number: one for one in earlier}
    found, added = [], 0
    for one in listed:
        unit, _made = Organisation.objects.get_or_create(
            name=one.unit, defaults={"kind": OrganisationKind.EXPERT_UNIT, "jurisdiction": ""}
        )
        expert = known.get(one.number)
        if expert is not None and one.line in corrected:
            expert.person.name = one.name
            expert.person.save(update_fields=["name"])
        if expert is None:
            added += 1
            name = hashlib.sha256(f"{library}\0{one.number}".encode()).hexdigest()[:16]
            person = Person.objects.create(username=f"outside-{name}", name=one.name, password="!")
            expert = Expert.objects.create(
                person=person,
                employer=unit,
                specialities=one.specialities,
                admitted_on=today,
                library=library,
                library_number=one.number,
            )
        elif (expert.employer_id, expert.specialities) != (unit.pk, one.specialities):
            expert.employer, expert.specialities = unit, one.specialities
            expert.save(update_fields=["employer", "specialities"])
        seats = Post.objects.filter(person=expert.person, organisation=unit, role=Role.EXPERT, from_on__lte=today)
        if not seats.exclude(to_on__lt=today).exists():
            Post.objects.create(person=expert.person, organisation=unit, role=Role.EXPERT, from_on=today)
        found.append(expert)
    return found, added
