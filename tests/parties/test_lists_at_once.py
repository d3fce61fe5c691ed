"""Do two cases that take in the same outside experts at the same moment end with each of them once?"""

import threading

import pytest
from django.db import connection, connections, transaction

from tests import factories
from yangcai.parties.models import Expert
from yangcai.parties.other_libraries import read, take_in

pytestmark = pytest.mark.django_db(transaction=True)

LIBRARY = "某省政府采购评审专家库"
LIST = "编号,姓名,工作单位,评审专业\nQ001,外省专家1,外省单位1,信息技术\nQ002,外省专家2,外省单位2,信息技术\n".encode()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_the_second_list_waits_for_the_first_and_finds_whom_it_brought() -> None:
    found: list[int] = []

    def second() -> None:
        try:
            with transaction.atomic():
                found.append(take_in(LIBRARY, read(LIST), now=factories.NOW)[1])
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        assert take_in(LIBRARY, read(LIST), now=factories.NOW)[1] == 2
        thread.start()
        while thread.is_alive() and not somebody_waits():
            pass
        assert found == []
    thread.join(timeout=60)
    assert found == [0] and Expert.objects.filter(library=LIBRARY).count() == 2
