"""Where does an amount go, stage by stage? A Sankey diagram: across where there is room, else from top to bottom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.safestring import SafeString

from yangcai.www.pictures.svg import LINE, NARROW, Drawing, advance, at, both, fitting, path, rect, text

Written = Callable[[Decimal], str]
NODE = 14
#: What all of the money is high in user units, across.
HIGH = 280
#: A node has at least the room of its two lines of text, and a gap to the next.
ROOM, GAP = 2 * LINE, 10
#: The room to the right of the last column, for its labels.
LAST = 150
RIBBON = 52
LEAST = 1.5


@dataclass(frozen=True)
class Node:
    """A place of a stage: `key` is named by the links, `css` colours it and what comes to it."""

    key: str
    label: str
    css: str


@dataclass(frozen=True)
class Link:
    source: str
    target: str
    value: Decimal


@dataclass(frozen=True)
class Stage:
    title: str
    nodes: tuple[Node, ...]


@dataclass
class Place:
    """A node in a drawing: where its bar starts and how long it is, and how much of it ribbons have taken so far."""

    node: Node
    stage: int
    value: Decimal
    start: float = 0.0
    size: float = 0.0
    left: float = field(default=0.0)
    entered: float = field(default=0.0)


def sankey(stages: Sequence[Stage], links: Sequence[Link], *, written: Written) -> tuple[Drawing, ...]:
    """What flows from stage to stage; links of nothing or less, and nodes without any, are left out."""
    links = [one for one in links if one.value > 0]
    if not links:
        return ()
    sizes = {node.key: _size(node.key, links) for stage in stages for node in stage.nodes}
    used = [(stage.title, [node for node in stage.nodes if sizes[node.key]]) for stage in stages]
    used = [(title, nodes) for title, nodes in used if nodes]

    def draw(width: int) -> tuple[int, list[SafeString]]:
        columns = [[Place(node, n, sizes[node.key]) for node in nodes] for n, (_title, nodes) in enumerate(used)]
        titles = [title for title, _nodes in used]
        return (_down if width == NARROW else _across)(titles, columns, links, width, written)

    return both(draw)


def _size(key: str, links: Sequence[Link]) -> Decimal:
    """A node is as large as what comes or what goes, whichever is more: what is not passed on ends there."""
    into = sum((one.value for one in links if one.target == key), Decimal(0))
    out = sum((one.value for one in links if one.source == key), Decimal(0))
    return max(into, out)


def _most(columns: list[list[Place]]) -> float:
    return float(max(sum((place.value for place in column), Decimal(0)) for column in columns))


def _pairs(columns: list[list[Place]], links: Sequence[Link], unit: float) -> list[tuple[Place, Place, float]]:
    """The ribbons in the order of the nodes on both sides, so that they do not cross needlessly."""
    places = {place.node.key: place for column in columns for place in column}
    order = {key: n for n, key in enumerate(places)}
    ordered = sorted(links, key=lambda one: (order[one.source], order[one.target]))
    return [(places[one.source], places[one.target], max(LEAST, float(one.value) * unit)) for one in ordered]


def _across(
    titles: list[str], columns: list[list[Place]], links: Sequence[Link], width: int, written: Written
) -> tuple[int, list[SafeString]]:
    unit = HIGH / _most(columns)
    step = (width - NODE - LAST) / max(1, len(columns) - 1)
    top = bottom = LINE + 8.0
    for column in columns:
        y = top
        for place in column:
            place.start, place.size = y, max(LEAST, float(place.value) * unit)
            y += max(place.size, ROOM) + GAP
        bottom = max(bottom, y)
    marks = []
    for source, target, thick in _pairs(columns, links, unit):
        marks.append(
            _ribbon(
                (step * source.stage + NODE, source.start + source.left),
                (step * target.stage, target.start + target.entered),
                thick,
                css=f"ribbon {target.node.css}",
            )
        )
        source.left += thick
        target.entered += thick
    for n, (title, column) in enumerate(zip(titles, columns, strict=True)):
        x = step * n
        room = (step if n + 1 < len(columns) else LAST) - (NODE if n + 1 < len(columns) else 0) - 10
        marks.append(text(x, LINE - 4, fitting(title, room + NODE), css="head"))
        for place in column:
            label, amount = place.node.label, written(place.value)
            marks.append(rect(place.node.css, x, place.start, NODE, place.size, f"{label} {amount}"))
            marks.append(text(x + NODE + 5, place.start + 13, fitting(label, room), css="over"))
            marks.append(text(x + NODE + 5, place.start + 13 + LINE - 2, fitting(amount, room), css="over value"))
    return int(bottom), marks


def _ribbon(source: tuple[float, float], target: tuple[float, float], thick: float, *, css: str) -> SafeString:
    """From the right edge of one bar to the left edge of another, as thick at both ends."""
    (x, y), (u, v) = source, target
    middle = at((x + u) / 2)
    d = (
        f"M{at(x)} {at(y)}C{middle} {at(y)} {middle} {at(v)} {at(u)} {at(v)}V{at(v + thick)}"
        f"C{middle} {at(v + thick)} {middle} {at(y + thick)} {at(x)} {at(y + thick)}Z"
    )
    return path(css, d)


def _down(
    titles: list[str], columns: list[list[Place]], links: Sequence[Link], width: int, written: Written
) -> tuple[int, list[SafeString]]:
    """Each stage a line of bars under the list of what they are: words have the whole width."""
    gaps = max(len(column) for column in columns) - 1
    unit = (width - 4 - gaps * 3) / _most(columns)
    y, marks = 0.0, []
    rows = []
    for title, column in zip(titles, columns, strict=True):
        marks.append(text(2, y + LINE - 4, fitting(title, width - 4), css="over head"))
        y += LINE + 2
        x = 2.0
        for place in column:
            amount = written(place.value)
            marks.append(rect(place.node.css, 2, y + 3, 10, 10))
            marks.append(text(18, y + LINE - 5, fitting(place.node.label, width - 30 - advance(amount)), css="over"))
            marks.append(text(width - 2, y + LINE - 5, amount, css="over value", anchor="end"))
            place.start, place.size = x, max(LEAST, float(place.value) * unit)
            x += place.size + 3
            y += LINE
        rows.append(y + 4)
        y += 4 + NODE + RIBBON
    bars = [
        rect(place.node.css, place.start, rows[place.stage], place.size, NODE) for column in columns for place in column
    ]
    ribbons = []
    for source, target, thick in _pairs(columns, links, unit):
        x, u = source.start + source.left, target.start + target.entered
        top, bottom = rows[source.stage] + NODE, rows[target.stage]
        ribbons.append(_falling(x, top, u, bottom, thick, css=f"ribbon {target.node.css}"))
        source.left += thick
        target.entered += thick
    return int(y - RIBBON + 6), [*ribbons, *bars, *marks]


def _falling(x: float, y: float, u: float, v: float, thick: float, *, css: str) -> SafeString:
    middle = at((y + v) / 2)
    d = (
        f"M{at(x)} {at(y)}C{at(x)} {middle} {at(u)} {middle} {at(u)} {at(v)}H{at(u + thick)}"
        f"C{at(u + thick)} {middle} {at(x + thick)} {middle} {at(x + thick)} {at(y)}Z"
    )
    return path(css, d)
