"""How long is a test run? `make test` and `make long` take a campaign in short, `make nightly` all of it."""

import os

import pytest

#: Whether this run takes the whole of everything.
NIGHTLY = bool(os.environ.get("YANGCAI_NIGHTLY"))
#: Whether this run is one of the fault campaign (`make chaos`), which takes its own programs at full length.
CHAOS = bool(os.environ.get("YANGCAI_CHAOS"))


def cut(items: list[pytest.Item]) -> None:
    """What has no short version is skipped in both, and the report says so and where it runs."""
    for item in items:
        marker = item.get_closest_marker("campaign")
        if marker is not None and marker.kwargs.get("only") and not (NIGHTLY or CHAOS):
            item.add_marker(pytest.mark.skip(reason="a campaign: make nightly"))
