"""How does an installation come back from a backup? Into an empty database alone, and checked before and after."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from yangcai.cli import archive, console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, answer, say, tell

HELP = ("从备份恢复，并核对", "restore from a backup, and check")
#: What a database without any people may hold: what migrations and Django write.
EMPTY = ("kernel_entry", "parties_organisation", "parties_person")


#: Entries whose predecessor is another than the one they name.
UNCHAINED = (
    "SELECT count(*) FROM (SELECT prev_hash, lag(hash) OVER (ORDER BY seq) AS before FROM kernel_entry) AS one"
    " WHERE before IS NOT NULL AND prev_hash <> before"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help=say(zh="备份文件夹", en="folder of the backup"))
    parser.add_argument("--check", action="store_true", help=say(zh="只核对备份，不恢复", en="only check the backup"))


def run(options: argparse.Namespace) -> int:
    tell(options, zh="正在核对备份……", en="checking the backup ...")
    manifest = archive.checked(options.folder)
    files = len(manifest["files"])
    if options.check:
        text = say(
            zh=f"备份完好：{files} 个文件，{manifest['at']}", en=f"the backup is whole: {files} files, {manifest['at']}"
        )
        answer(options, data={"files": files, "at": manifest["at"], "version": manifest["version"]}, text=text)
        return console.OK
    archive.program("pg_restore")
    site.load()
    _require_room_for(manifest)
    tell(options, zh="正在恢复数据库……", en="restoring the database ...")
    _rows(options.folder)
    tell(options, zh="正在恢复文件……", en="restoring the files ...")
    for name, home in archive.homes().items():
        if (options.folder / name).is_dir():
            shutil.copytree(options.folder / name, home, dirs_exist_ok=True)
    migrate.apply()
    errors = _differences(manifest)
    damaged, locked = _files(manifest)
    errors += damaged
    rows = sum(manifest["rows"].values())
    text = say(zh=f"已恢复：{rows} 行，{files} 个文件", en=f"restored: {rows} rows, {files} files")
    warnings = [
        say(
            zh="启动之前放回私钥（secret_key、keys/）；没有公开日志的签名密钥，日志不能继续",
            en="before you serve, put the private keys back (secret_key, keys/): without its key the log cannot go on",
        )
    ]
    if locked:
        warnings.append(
            say(
                zh=f"{locked} 个加密存放的文件仅核对了密文：放回 keys/files.key*（或者连通 YANGCAI_FILE_KEYS）后可读，"
                "yangcai doctor 核对密钥",
                en=f"of {locked} enciphered files the ciphertext alone was checked: they are read once keys/files.key*"
                " is back (or YANGCAI_FILE_KEYS answers), which yangcai doctor looks at",
            )
        )
    answer(
        options,
        data={"rows": rows, "files": files, "at": manifest["at"], "locked": locked},
        text=text,
        warnings=warnings,
        errors=errors,
    )
    return console.VERIFICATION_FAILED if errors else console.OK


def _require_room_for(manifest: dict[str, Any]) -> None:
    """Nothing that is there is overwritten: the database has nobody in it, the folders are empty, and the programme is
    not older than the backup. Raises Stop."""
    from django.db import connection

    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in EMPTY:
            if table not in there:
                continue
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone()[0]:
                raise Stop(
                    zh="数据库不是空的：只恢复到空的数据库",
                    en="the database is not empty: a backup is restored into an empty one",
                    hint=say(
                        zh="以 YANGCAI_HOME 或 DATABASE_URL 另指一处", en="point YANGCAI_HOME or DATABASE_URL elsewhere"
                    ),
                )
    for home in archive.homes().values():
        if home.is_dir() and any(home.iterdir()):
            raise Stop(zh=f"文件夹不是空的：{home}", en=f"the folder is not empty: {home}")
    if unknown := sorted(set(manifest["migrations"]) - set(migrate.known())):
        raise Stop(
            zh=f"备份来自更新的版本（{manifest['version']}）：本程序没有 {unknown[0]}",
            en=f"the backup is of a newer version ({manifest['version']}): this one has no {unknown[0]}",
        )


def _rows(folder: Path) -> None:
    """The tables as they were, all or none; an empty schema makes way."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    archive.call(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={archive.address()}", str(folder / archive.DUMP),
    )  # fmt: skip


def _differences(manifest: dict[str, Any]) -> list[str]:
    """After the restore: the same rows in every table, every entry after the one that it names, every balance as its
    transfers."""
    from django.db import connection

    from yangcai.funds.queries import check_funds

    found = []
    with connection.cursor() as cursor:
        now = archive.counted(cursor)
        cursor.execute(UNCHAINED)
        broken = cursor.fetchone()[0]
    for table, count in manifest["rows"].items():
        if now.get(table, 0) < count:
            found.append(
                say(
                    zh=f"{table}：{now.get(table, 0)} 行，应为 {count} 行",
                    en=f"{table}: {now.get(table, 0)} rows, not {count}",
                )
            )
    if broken:
        found.append(say(zh=f"留痕有 {broken} 处不相连", en=f"the entries do not chain in {broken} places"))
    found += [say(zh=f"资金 {one.fund} 余额不符", en=f"fund {one.fund}: its balance differs") for one in check_funds()]
    return found


def _files(manifest: dict[str, Any]) -> tuple[list[str], int]:
    """Every document that is not in the store as it was handed in; and of how many that lie enciphered, whose key is
    not here yet, the ciphertext alone was found to be that of the backup."""
    from django.conf import settings

    from yangcai.kernel import documents
    from yangcai.kernel.models import Document

    found, locked = [], 0
    for digest in Document.objects.values_list("pk", flat=True).iterator():
        state, path = documents.state_of(digest), documents.path_of(digest)
        if state == "locked":
            name = f"files/{path.relative_to(settings.YANGCAI_FILES).as_posix()}"
            state = "" if archive.digest_of(path) == manifest["files"].get(name) else "damaged"
            locked += not state
        if state == "damaged":
            found.append(say(zh=f"文件 {digest} 已损坏", en=f"the file {digest} is damaged"))
        elif state:
            found.append(say(zh=f"缺少文件 {digest}", en=f"the file {digest} is missing"))
    return found, locked
