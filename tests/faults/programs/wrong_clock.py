"""F12: the web process is served under libfaketime. Does only the database's clock decide, and does nobody lose by it?

The real site, with a clock of its own that is wrong, on a database whose clock is right. Bidders hand in before the
deadline, others after it, and whoever was early asks again. Jumps are not for libfaketime: it moves the clock of waits,
too.
"""

import dataclasses
import datetime
import email.utils
import http.client
import time
from typing import Any

from tests.faults import clusters, process

#: From the start of a turn to its deadline; how long after it the late ones come.
BEFORE, AFTER = 12.0, 0.05


def turns(*, library: str, offsets: list[int], bidders: int) -> dict[str, Any]:
    """`offsets`: for each turn by how many seconds the clock of the site is off."""
    with clusters.alone() as cluster, process.site_on(cluster.address, cluster.home.parent / "site"):
        from benchmarks import bidders as suppliers
        from benchmarks.api import served
        from tests.faults import judge, world
        from yangcai.tendering import finalise, policies

        tender, journal = world.announced(), judge.Journal()
        operator = cluster.superuser()
        operator.execute("SET session_replication_role = replica")  # past the triggers
        operator.execute("DELETE FROM kernel_sandboxclock")  # from here on the database keeps its own time
        told: dict[str, Any] = {"early": 0, "late": 0, "late_taken": 0, "early_refused": 0, "off": []}
        for off in offsets:
            those = suppliers.ready(tender.lot, policies.in_force(tender.lot), 2 * bidders, now=tender.now)
            early, late = those[:bidders], those[bidders:]
            environment = {"LD_PRELOAD": library, "FAKETIME": f"{off:+d}"}
            with served(sandbox=False, environment=environment) as port:
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                told["off"].append(round(_off(line)))
                deadline = time.time() + BEFORE
                closes_at = datetime.datetime.fromtimestamp(deadline, datetime.UTC)
                moved = "UPDATE cases_period SET closes_at = %s WHERE case_id = %s AND stage = 'submission'"
                assert operator.execute(moved, [closes_at, tender.case.pk]).rowcount == 1
                for one in early:
                    status, note = _sent(line, one)
                    told["early_refused"] += status != http.client.CREATED
                    journal.acknowledged(one.request.upload, note)
                assert time.time() < deadline, "the machine was too slow for this turn"
                time.sleep(max(deadline + AFTER - time.time(), 0))
                for one in late:
                    status, answer = _sent(line, one)
                    assert status == http.client.CREATED or "SB001" in answer, answer
                    told["late_taken"] += status == http.client.CREATED
                for one in early:
                    status, note = _sent(line, one)
                    assert status == http.client.OK, note
                    journal.acknowledged(one.request.upload, note, again=True)
                line.close()
            told["early"] += len(early)
            told["late"] += len(late)
        operator.close()
        finalise.note_in(now=tender.now)
        return {**dataclasses.asdict(judge.judged(journal)), **told}


def _off(line: http.client.HTTPConnection) -> float:
    """By how many seconds the site's own clock is off, as its answers are dated."""
    line.request("GET", "/api/v1/me")
    answer = line.getresponse()
    answer.read()
    return email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


def _sent(line: http.client.HTTPConnection, bidder: Any) -> tuple[int, str]:
    from benchmarks.handing_in import statement

    request = statement(bidder)
    headers = {"Authorization": f"Bearer {request.token}", "Content-Type": "application/json"}
    line.request(request.method, request.path, body=request.body, headers=headers)
    answer = line.getresponse()
    return answer.status, answer.read().decode()
