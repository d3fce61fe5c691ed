"""What does it cost that a receipt waits for a synchronous standby?

The same finalises twice on a cluster of its own, at the database and at a served site: alone, and with a standby that
has to have written each commit to its disk. Both servers share one machine and one disk here, so that this is the upper
bound of the price.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks import site
from benchmarks.measure import Figure
from benchmarks.scale import Scale
from yangcai.kernel import embedded_postgres

NAME = "standby"
PATIENCE = 60


@contextlib.contextmanager
def synchronous(home: Path) -> Iterator[None]:
    """A standby of the cluster in `home`; while it is there no commit returns before it lies on both disks."""
    cluster = embedded_postgres._cluster(home, make=False)
    programs = embedded_postgres._programs(cluster)
    data, log = cluster.home / "standby", cluster.home / "standby.log"
    with contextlib.ExitStack() as stack:
        socket = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yc-standby-")))
        os.chown(socket, cluster.uid, cluster.gid)
        with (cluster.data / "pg_hba.conf").open("a") as rules:
            rules.write("local replication all trust\n")
        _tell(home, "SELECT pg_reload_conf()")
        host = ("-h", str(cluster.run), "-U", embedded_postgres.SUPERUSER)
        embedded_postgres._run(cluster, programs / "pg_basebackup", *host, "-c", "fast", "-D", data)
        stack.callback(shutil.rmtree, data)
        (data / "standby.signal").touch()
        os.chown(data / "standby.signal", cluster.uid, cluster.gid)
        with (data / "yangcai.conf").open("a") as configuration:  # the last of a setting counts
            configuration.write(
                f"unix_socket_directories = '{socket}'\n"
                f"primary_conninfo = 'host={cluster.run} user={embedded_postgres.SUPERUSER} application_name={NAME}'\n"
            )
        embedded_postgres._run(cluster, programs / "pg_ctl", "start", "-w", "-D", data, "-l", log)
        stack.callback(embedded_postgres._run, cluster, programs / "pg_ctl", "stop", "-m", "immediate", "-D", data)
        _tell(home, f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'", "SELECT pg_reload_conf()")
        stack.callback(
            _tell, home, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"
        )  # before the standby goes: nobody would ever confirm anything again
        _until_it_counts(home)
        yield


def _tell(home: Path, *statements: str) -> list[tuple[object, ...]]:
    """As the cluster's superuser; the rows of the last."""
    found: list[tuple[object, ...]] = []
    cluster = embedded_postgres._cluster(home, make=False)
    dsn = cluster.dsn(user=embedded_postgres.SUPERUSER, database="postgres")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = local")
        for statement in statements:
            cursor = connection.execute(statement)
            found = cursor.fetchall() if cursor.description else []
    return found


def _until_it_counts(home: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while _tell(home, f"SELECT sync_state FROM pg_stat_replication WHERE application_name = '{NAME}'") != [("sync",)]:
        if time.monotonic() > deadline:
            raise RuntimeError("the standby does not follow")
        time.sleep(0.05)


def run(scale: Scale) -> list[Figure]:
    """In a process of its own, as it changes what its cluster waits for."""
    from benchmarks import finalise, handing_in  # not above: the other process loads Django when it has a site

    command = [
        sys.executable,
        "-m",
        "benchmarks.standby",
        str(scale.runs),
        str(scale.finalises),
        str(scale.connections),
        str(scale.handed_in),
        str(scale.bidders_at_once),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=1800)
    found = json.loads(done.stdout)
    what, peer = f"finalises with a synchronous standby, {scale.connections} bidders at a time", "without"
    mine, alone = found["with"], found["without"]
    http = f"bids over HTTP with a synchronous standby, {scale.bidders_at_once} bidders at a time"
    return [
        finalise.rate(what, mine["rates"], peer, alone["rates"], goal=finalise.AT_LEAST),
        finalise.wait(f"{what}, p50", mine["waits"], peer, alone["waits"], 50),
        finalise.wait(f"{what}, p99", mine["waits"], peer, alone["waits"], 99, most=finalise.P99_SECONDS),
        finalise.rate(http, mine["http_rates"], peer, alone["http_rates"], goal=handing_in.AT_LEAST),
        finalise.wait(f"{http}, p50", mine["http_waits"], peer, alone["http_waits"], 50),
        finalise.wait(f"{http}, p99", mine["http_waits"], peer, alone["http_waits"], 99, most=finalise.P99_SECONDS),
    ]


def main(
    runs: int, finalises: int, connections: int, handed_in: int, bidders_at_once: int
) -> dict[str, dict[str, list[float]]]:
    """Seconds and rates, in turn without and with: at the database, then at a served site (handing_in.py)."""
    with site.throw_away_site(durable=True):
        from benchmarks import bidders, finalise
        from benchmarks.api import Request, load, served
        from benchmarks.at_once import together
        from benchmarks.handing_in import SECONDS, statement
        from benchmarks.published import publish
        from yangcai.cases.models import Lot
        from yangcai.tendering import finalise as taking
        from yangcai.tendering import receipts
        from yangcai.tendering.models import SealedBid

        published = publish(cases=1)
        lot = Lot.objects.select_related("case").get(pk=published.cases[0].lots.order_by("pk").first().pk)
        policy = bidders.policy_of(lot, published.now)
        receipts.signer()
        names = ("rates", "waits", "http_rates", "http_waits")
        found = {which: {name: list[float]() for name in names} for which in ("without", "with")}
        home = Path(os.environ["YANGCAI_HOME"]) / "postgres"
        for _run in range(runs):
            for which, guard in (("without", contextlib.nullcontext()), ("with", synchronous(home))):
                asked = bidders.requests(lot, policy, finalises, now=published.now)
                with guard:
                    seconds, waits = together(finalise.take, asked, connections=connections)
                found[which]["rates"].append(finalises / seconds)
                found[which]["waits"] += waits
                taking.note_in(now=published.now, wait=True)  # else the site would catch up while it is measured
        bidders.close_in(lot, seconds=SECONDS)
        for which, guard in (("without", contextlib.nullcontext()), ("with", synchronous(home))):
            many = bidders.ready(lot, policy, handed_in, now=published.now)
            with guard, served(sandbox=False) as port:
                awake = [Request("GET", "/api/v1/me", bidder.token) for bidder in many[:bidders_at_once]]
                load(port, awake, clients=bidders_at_once)
                came = load(port, [statement(bidder) for bidder in many], clients=bidders_at_once)
            found[which]["http_rates"].append(came.per_second)
            found[which]["http_waits"] += came.each.seconds
        if SealedBid.objects.count() != 2 * (runs * finalises + handed_in):
            raise RuntimeError("not every bid came in")
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))) + "\n")
