"""When do the worlds of the attacks stand, and what do they hand out?"""

from typing import Any

from tests import factories
from tests.factories import at

NOW = factories.NOW
CLOSES = at("2026-03-24T09:30")
OPENED = at("2026-03-24T10:00")
Ids = dict[str, Any]
