"""How is all kept that would be lost with this machine? Database, files and public log, in one checked folder."""

import argparse
from pathlib import Path

from yangcai.cli import archive, console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, answer, say, tell

HELP = ("备份：数据库、文件、公开日志", "back up database, files and public log")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, help=say(zh="备份文件夹（尚不存在）", en="folder of the backup, not there yet")
    )


def run(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if folder.exists():
        raise Stop(zh=f"已经存在：{folder}", en=f"{folder} is there already: a backup is never written over")
    archive.program("pg_dump")
    site.load()
    migrate.check()
    from yangcai.kernel import clock

    tell(options, zh="正在备份数据库和文件……", en="backing up database and files ...")
    manifest = archive.make(folder, now=clock.now(), migrations=migrate.applied())
    archive.checked(folder)
    rows, files = sum(manifest["rows"].values()), len(manifest["files"])
    warning = say(
        zh="私钥（secret_key、keys/）不在备份中：另行保管，恢复时放回；没有 keys/files.key*，已开启的投标文件无法读取",
        en="private keys (secret_key, keys/) are not in it: keep them apart, and put them back when you restore;"
        " without keys/files.key* nobody reads the files of opened bids",
    )
    data = {"folder": str(folder), "rows": rows, "tables": len(manifest["rows"]), "files": files, "at": manifest["at"]}
    text = say(
        zh=f"已备份并核对：{folder}，{rows} 行，{files} 个文件",
        en=f"backed up and checked: {folder}, {rows} rows, {files} files",
    )
    answer(options, data=data, text=text, warnings=[warning])
    return console.OK
