"""Which procedures can be walked from one end to the other by script? The stories of the demo: a door to
`yangcai demo --story`, by the name that other platforms' tools give to it.
"""

import argparse

from yangcai.cli import console, site
from yangcai.cli.commands import demo
from yangcai.cli.console import answer, say

HELP = ("剧本：列出、按脚本走完（演示区）", "the stories of the demo: list them, live through one by script")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=say(zh="操作", en="what"))
    text = say(zh="有哪些剧本", en="which there are")
    verbs.add_parser("list", help=text, description=text)
    text = say(zh="按脚本走完一个剧本，同 yangcai demo --story", en="live through one, as yangcai demo --story does")
    made = verbs.add_parser("run", help=text, description=text)
    made.add_argument("name", metavar="NAME", help=say(zh="剧本", en="the story"))
    made.add_argument("--until", default="", help=say(zh="走到这个办理事项为止", en="stop after this action"))


def run(options: argparse.Namespace) -> int:
    if options.verb == "run":
        given = argparse.ArgumentParser()
        demo.add_arguments(given)
        asked = ["--story", options.name, "--until", options.until, "--no-browser"]
        return demo.run(given.parse_args(asked, namespace=options))
    site.load(with_database=False)
    from yangcai.demo.stories import PLOTS

    stories = [{"name": name, "title": str(told.title), "minutes": told.minutes} for name, told in PLOTS.items()]
    answer(options, data={"stories": stories}, text="\n".join(f"{one['name']}  {one['title']}" for one in stories))
    return console.OK
