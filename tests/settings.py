"""With which settings do the tests run? The site's own, on a cluster without fsync, in a throw-away folder."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from yangcai.kernel import embedded_postgres

# A worker of pytest-xdist inherits what the first process put into the environment below: it must not take the address
# of the tests' cluster for a database of somebody else's.
HOME = Path(os.environ.get("YANGCAI_HOME") or Path(__file__).resolve().parent.parent / "var")
CLUSTER = Path(os.environ.get("YANGCAI_TEST_CLUSTER") or HOME / "postgres-test")
OWN_CLUSTER = "YANGCAI_TEST_CLUSTER" in os.environ or not os.environ.get("DATABASE_URL")
FOLDER = tempfile.mkdtemp(prefix="yangcai-test-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

# The environment and not only the settings: tests run the command line in processes of its own.
if OWN_CLUSTER:
    os.environ["YANGCAI_TEST_CLUSTER"] = str(CLUSTER)
    os.environ["DATABASE_URL"] = embedded_postgres.status(CLUSTER).dsn
os.environ["YANGCAI_HOME"] = FOLDER
os.environ["YANGCAI_DEBUG"] = "1"

from yangcai.settings import *  # noqa: E402, F403
from yangcai.settings import DATABASES, in_sandbox  # noqa: E402

in_sandbox(DATABASES["default"])  # tests stand the database's clock too
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("YANGCAI_TEST_DB") or f"test_yangcai_{os.getpid()}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast: no secret is kept here
