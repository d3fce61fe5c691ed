"""Which organisations take part? Registered here through the same Action as on the pages, the first one too."""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say

HELP = ("单位：登记、列表", "organisations: register, list")
VERBS = ("register", "list")
KINDS = ("buyer", "agent", "central_agent", "supplier", "treasury", "expert_unit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("name", nargs="?", default="", help=say(zh="名称", en="its name"))
    parser.add_argument("--kind", choices=KINDS, default="", help=say(zh="类别", en="what it is"))
    parser.add_argument("--uscc", default="", help=say(zh="统一社会信用代码", en="unified social credit code"))
    parser.add_argument("--jurisdiction", default="", help=say(zh="行政区划代码", en="code of its division"))


def run(options: argparse.Namespace) -> int:
    site.load()
    return _register(options) if options.verb == "register" else _list(options)


def _register(options: argparse.Namespace) -> int:
    from yangcai.kernel import clock
    from yangcai.kernel.actions import perform
    from yangcai.parties.actions import RegisterOrganisation, register_organisation
    from yangcai.parties.queries import platform_post

    if not options.name or not options.kind:
        raise Stop(zh="请写名称和 --kind", en="give its name and --kind", code=console.USAGE)
    now = clock.now()
    platform = platform_post(now=now)
    done = perform(
        register_organisation,
        platform.organisation,
        by=platform,
        now=now,
        name=options.name,
        kind=options.kind,
        uscc=options.uscc,
        jurisdiction=options.jurisdiction or RegisterOrganisation.base_fields["jurisdiction"].initial,
    )
    text = say(zh=f"已登记 {done.value}", en=f"registered {done.value}")
    answer(options, data={"organisation": done.value.pk, "entry": done.entry}, text=text)
    return console.OK


def _list(options: argparse.Namespace) -> int:
    from yangcai.parties.models import Organisation

    rows = list(Organisation.objects.order_by("kind", "name").values("name", "kind", "uscc", "jurisdiction"))
    lines = "\n".join(f"{row['kind']}\t{row['name']}\t{row['uscc'] or ''}" for row in rows)
    answer(options, data={"organisations": rows}, text=lines or say(zh="没有单位", en="no organisation yet"))
    return console.OK
