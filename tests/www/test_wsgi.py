"""Is a process that serves pages ready before anybody asks, and does it not go through itself again and again?"""

import json
import subprocess
import sys

import pytest

ASK = """
import gc, json, sys
import yangcai.wsgi
late = set(sys.modules)
from django.urls import get_resolver
get_resolver().reverse_dict
later, views = sorted(set(sys.modules) - late), "yangcai.www.work.casepage" in late
print(json.dumps([gc.get_freeze_count(), len(gc.get_objects()), later, views]))
"""


@pytest.mark.long
def test_what_never_goes_away_is_loaded_first_and_left_aside() -> None:
    answer = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True, timeout=120)
    aside, gone_through, loaded_later, has_views = json.loads(answer.stdout.splitlines()[-1])
    assert has_views and loaded_later == []
    assert gone_through < aside / 10
