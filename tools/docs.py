"""Which documents follow from the code? `write` makes docs/generated again, `check` fails when it is stale."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "docs" / "generated"
NOTE = "<!-- Made by `make docs` from the code. Do not edit. -->\n\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def permissions() -> str:
    from yangcai.kernel.actions import ACTIONS
    from yangcai.parties.roles import INCOMPATIBLE, Role

    roles = list(Role)
    rows = [
        [f"`{a.code}`", a.zh, a.en, *("●" if r.value in a.by else "" for r in roles), ", ".join(a.not_same_person_as)]
        for a in sorted(ACTIONS.values(), key=lambda a: a.code)
    ]
    pairs = sorted("、".join(sorted(str(Role(r).label) for r in pair)) for pair in INCOMPATIBLE)
    return (
        "# Who may do what (权限表)\n\n"
        + table(["Action", "办理事项", "English", *(str(r.label) for r in roles), "须由他人先办"], rows)
        + "\nIncompatible roles of one person (不相容岗位):\n\n"
        + "".join(f"- {pair}\n" for pair in pairs)
    )


def actions() -> str:
    from yangcai.kernel.actions import ACTIONS

    out = ["# Actions (办理事项)\n"]
    for a in sorted(ACTIONS.values(), key=lambda a: a.code):
        fields = [[f"`{n}`", str(f.label or ""), "●" if f.required else ""] for n, f in a.input.base_fields.items()]
        out.append(f"\n## `{a.code}` {a.zh} / {a.en}\n")
        out.append(f"\n{a.doc}\n" if a.doc else "")
        out.append(f"\nOn {a.on.__name__}; stages: {', '.join(sorted(a.at)) or 'any'}; notice: {a.notice or 'none'}.\n")
        out.append(f"Timeline: {a.sentence[0].format(post='…')} / {a.sentence[1].format(post='…')}\n")
        rules = [r.__name__ for r in (*a.needs, *a.checks)]
        out.append(f"\nRules: {', '.join(f'`{r}`' for r in rules) or 'none beyond role and stage'}.\n")
        if fields:
            out.append("\n" + table(["field", "label", "required"], fields))
    return "".join(out)


def rules() -> str:
    from yangcai import law

    rows = [
        [
            f"`{rule.key}`",
            rule.zh,
            str(value.since),
            value.text[0],
            value.jurisdiction,
            "；".join(f"《{c.title}》{c.article}" for c in value.citations),
            value.confidence,
        ]
        for rule in law.all_rules()
        for value in rule.values
    ]
    return "# Rules of the law (规则)\n\n" + table(
        ["key", "规则", "effective", "value", "where", "source", "confidence"], rows
    )


def clocks() -> str:
    from yangcai import law, procedures
    from yangcai.law import usage
    from yangcai.law.model import Clock

    scanned = usage.scan(ROOT / "yangcai")
    windows = {key for method in procedures.PROCEDURES.values() for key in method.windows}
    window = [str(path) for path in scanned.providers if path.name == "submission.py"]

    def starts(clock: Clock) -> str:
        if clock.waits_for:
            return f"(waits for {clock.waits_for})"
        if clock.at_once:
            return f"(at once with {', '.join(clock.at_once)})"
        return ", ".join(map(str, scanned.started(clock.id))) or ", ".join(window if clock.rule in windows else ())

    rows = [[c.id, c.zh, c.en, c.rule, c.kind, c.actor, c.fires, starts(c)] for c in law.clocks()]
    alarms = ", ".join(f"{share} %" for share in law.alarms())
    return f"# Clocks (时限)\n\nWhoever must act is warned after {alarms} of the time.\n\n" + table(
        ["id", "时限", "English", "rule", "kind", "actor", "fires", "started in"], rows
    )


def controls() -> str:
    from yangcai.controls.register import CONTROLS, FOUNDATIONS

    out = ["# The controls that the database holds (控制)\n"]
    for control in (*CONTROLS, *FOUNDATIONS):
        rows = [[f"`{c.name}`", c.zh, c.en, c.citation.text] for c in control.constraints]
        out.append(f"\n## {control.zh} / {control.en}\n\n")
        out.append(table(["constraint", "含义", "English", "依据"], rows))
    return "".join(out)


def stages() -> str:
    from yangcai import procedures

    rows = [[p.code, p.zh, " → ".join(stage.value for stage in p.stages)] for p in procedures.PROCEDURES.values()]
    out = ["# Stages of each method (环节)\n", table(["method", "采购方式", "stages"], rows)]
    head = ["stage", "环节", "by", "enough", "fewer on the ground", "window", "change before", "other rules"]
    for method in procedures.PROCEDURES.values():
        steps = [
            [
                step.stage.value,
                step.titles[0],
                step.by.value,
                step.bidders,
                ", ".join(f"{one.ground}: {one.bidders}" for one in step.continuations),
                step.window,
                step.correction,
                ", ".join(filter(None, (step.notice, step.documents, step.decide, *step.rules))),
            ]
            for step in method.steps
        ]
        instead = [[general, mine or "(none)"] for general, mine in method.instead]
        out.append(f"\n## {method.code} {method.zh}\n")
        out.append(table(head, steps))
        if instead:
            out.append("\n" + table(["instead of", "its own rule"], instead))
    return "\n".join(out)


def faults() -> str:
    """From what the last campaign wrote down; it is not run here."""
    from tests.faults import report

    return report.markdown()


PAGES = {
    "faults.md": faults,
    "permissions.md": permissions,
    "actions.md": actions,
    "rules.md": rules,
    "clocks.md": clocks,
    "controls.md": controls,
    "stages.md": stages,
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.utils.translation import override

    from tests.faults.report import Incomplete

    writes = sys.argv[1:] == ["write"]
    stale, wrong = [], []
    with override("zh-hans"):
        for name, make in PAGES.items():
            try:
                path, text = GENERATED / name, NOTE + make()
            except Incomplete as incomplete:
                wrong.append(f"{name}: {incomplete}")
                continue
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if writes:
                GENERATED.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale and not writes:
        wrong.append(f"stale: {', '.join(stale)}; run `make docs`")
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
