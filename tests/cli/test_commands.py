"""Does the command line answer in the reader's language, as data when asked, and with the exit code that fits?"""

import argparse
import datetime
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.clusters import wait_until
from yangcai import cli
from yangcai.cli import console, ports, site
from yangcai.kernel import embedded_postgres

DAY = datetime.timedelta(days=1)


@pytest.fixture
def command(monkeypatch):
    """Give the command line a command of our own."""

    def give(run):
        def add_arguments(parser):
            parser.add_argument("--rows", type=int, default=0)

        module = SimpleNamespace(HELP=("试验", "a trial"), add_arguments=add_arguments, run=run)
        monkeypatch.setattr(cli, "modules", lambda: {"trial": module})

    return give


def test_answers_as_text_or_as_one_object(command, capsys):
    def run(options):
        console.tell(options, zh="进行中", en="working")
        console.answer(options, data={"rows": options.rows}, text=console.say(zh="三行", en="three rows"))
        return console.OK

    command(run)
    assert cli.main(["trial", "--rows", "3"]) == 0
    assert capsys.readouterr() == ("三行\n", "进行中\n")
    assert cli.main(["trial", "--rows", "3", "--lang", "en", "--quiet"]) == 0
    assert capsys.readouterr() == ("three rows\n", "")
    assert cli.main(["trial", "--rows", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"ok": True, "data": {"rows": 3}, "warnings": [], "errors": []}
    assert err == "进行中\n"


@pytest.mark.parametrize(
    "given",
    [
        "trial a b --rows 3 --json --lang en",
        "trial --rows 3 a --json b --lang=en",
        "trial a --rows=3 --json --lang en b",
        "--json --lang en trial a --rows 3 b",
        "--lang=en trial --json a b --rows 3",
    ],
)
def test_an_option_may_stand_anywhere(given, monkeypatch, capsys):
    def add_arguments(parser):
        parser.add_argument("file")
        parser.add_argument("log", nargs="?", default="")
        parser.add_argument("--rows", type=int, default=0)

    def run(options):
        data = {"file": options.file, "log": options.log, "rows": options.rows}
        console.answer(options, data=data, text=console.say(zh="中文", en="English"))
        return console.OK

    module = SimpleNamespace(HELP=("试验", "a trial"), add_arguments=add_arguments, run=run)
    monkeypatch.setattr(cli, "modules", lambda: {"trial": module})
    assert cli.main(given.split()) == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"file": "a", "log": "b", "rows": 3}
    with pytest.raises(SystemExit):
        cli.main(["trial", "--rows", "3", "--lang", "zh"])
    said = capsys.readouterr().err
    assert said.startswith("用法：yangcai trial ") and "FILE" not in said and said.endswith("用法有误：缺少 file\n")


def test_language_of_the_environment(command, capsys, monkeypatch):
    def run(options):
        console.answer(options, data={}, text=console.say(zh="中文", en="English"))
        return console.OK

    command(run)
    monkeypatch.setenv("YANGCAI_LANG", "en")
    cli.main(["trial"])
    cli.main(["trial", "--lang", "zh"])
    assert capsys.readouterr().out == "English\n中文\n"


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (console.Stop(zh="不行", en="no", code=console.NOT_PERMITTED), 6, "不行"),
        (embedded_postgres.PostgresError("no room"), 5, "no room"),
        (KeyboardInterrupt(), 130, ""),
        (RuntimeError("broken"), 1, "RuntimeError: broken"),
    ],
)
def test_exit_codes_of_failures(command, capsys, error, code, sentence):
    def run(options):
        raise error

    command(run)
    assert cli.main(["trial"]) == code
    assert sentence in capsys.readouterr().err
    if code != console.INTERRUPTED:
        assert cli.main(["trial", "--json"]) == code
        assert json.loads(capsys.readouterr().out) == {"ok": False, "data": {}, "warnings": [], "errors": [sentence]}


def test_a_refusal_is_said_in_full(command, capsys):
    from yangcai.kernel.refusals import Refusal, Refused

    def run(options):
        raise Refused(
            [Refusal(code="late", zh="已过截止时间", en="too late"), Refusal(code="few", zh="不足", en="few")]
        )

    command(run)
    assert cli.main(["trial", "--json"]) == console.NOT_MET
    assert len(json.loads(capsys.readouterr().out)["errors"]) == 2


def test_wrong_usage(command, capsys):
    command(lambda options: 0)
    with pytest.raises(SystemExit) as ended:
        cli.main(["trial", "--rows", "many"])
    assert ended.value.code == console.USAGE
    assert "用法有误" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["law", "show"], "用法有误：缺少 KEY"),
        (["law", "nothing"], "用法有误：操作 不能是 'nothing'（可选 "),
        (["law", "show", "C13", "--on", "2026-13-45"], "用法有误：--on 不能是 '2026-13-45'"),
        (["law", "show", "C13", "--on"], "用法有误：--on 后缺少值"),
        (["law", "show", "--lang", "en"], "Usage error: the following arguments are required: KEY"),
    ],
)
def test_wrong_usage_is_told_in_one_language(given, told, capsys):
    with pytest.raises(SystemExit):
        cli.main(given)
    assert told in capsys.readouterr().err


def test_the_embedded_database_stays_out_when_another_is_named(capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setattr(embedded_postgres, "start", lambda home: pytest.fail("started all the same"))
    site.ensure_database()
    assert cli.main(["db", "start"]) == console.NOT_PERMITTED
    assert cli.main(["db", "url"]) == 0
    assert capsys.readouterr().out == "postgresql://somewhere/else\n"


def test_doctor_names_what_is_wrong_and_how_to_mend_it(capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    assert cli.main(["doctor", "--json", "--lang", "en"]) == console.NOT_MET
    answer = json.loads(capsys.readouterr().out)
    assert "database" in answer["errors"]
    database = next(found for found in answer["data"]["findings"] if found["what"] == "database")
    assert database["mend"] == "check DATABASE_URL"


def test_doctor_sees_a_taken_port(capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cli.main(["doctor", "--json", "--port", str(taken.getsockname()[1])])
    port = next(found for found in json.loads(capsys.readouterr().out)["data"]["findings"] if "端口" in found["what"])
    assert not port["well"]


@pytest.mark.parametrize(
    ("backend", "is_demo", "well"),
    [("console", False, False), ("dummy", False, False), ("console", True, True), ("smtp", False, True)],
)
def test_doctor_says_when_letters_go_to_nobody(capsys, monkeypatch, backend, is_demo, well):
    from yangcai import settings

    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", f"django.core.mail.backends.{backend}.EmailBackend")
    monkeypatch.setattr(settings, "YANGCAI_SANDBOX", is_demo)
    monkeypatch.setattr(settings, "DEBUG", False)
    cli.main(["doctor", "--json", "--lang", "en"])
    mail = next(found for found in json.loads(capsys.readouterr().out)["data"]["findings"] if found["key"] == "mail")
    assert mail["well"] is well and not mail["needed"] and "YANGCAI_EMAIL_BACKEND" in mail["mend"]


def serving_tls(folder: Path, *, days: int) -> socket.socket:
    """A socket behind which a certificate of its own is shown once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - 400 * DAY,
                                   now + days * DAY + DAY / 2).sign(key, hashes.SHA256())  # fmt: skip
    pem = folder / "site.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(private + made.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        plain, _address = listening.accept()
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as encrypted:
            encrypted.recv(1)

    threading.Thread(target=answer, daemon=True).start()
    return listening


@pytest.mark.parametrize(("days", "well", "needed"), [(31, True, False), (30, False, False), (-2, False, True)])
def test_doctor_says_how_long_the_certificate_of_the_site_is_good(capsys, monkeypatch, tmp_path, days, well, needed):
    from yangcai import settings

    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    with serving_tls(tmp_path, days=days) as listening:
        monkeypatch.setattr(settings, "YANGCAI_SITE", f"https://127.0.0.1:{listening.getsockname()[1]}")
        cli.main(["doctor", "--json", "--lang", "en"])
    found = {one["key"]: one for one in json.loads(capsys.readouterr().out)["data"]["findings"]}["certificate"]
    assert (found["well"], found["needed"]) == (well, needed) and f"{days} days left" in found["state"]


def test_doctor_asks_for_no_certificate_of_a_site_without_tls(capsys, monkeypatch):
    from yangcai import settings

    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    monkeypatch.setattr(settings, "YANGCAI_SITE", "http://127.0.0.1:8000")
    cli.main(["doctor", "--json", "--lang", "en"])
    assert '"certificate"' not in capsys.readouterr().out


@pytest.fixture
def own_home():
    """An installation of its own, as an operator has it: nothing of the tests' environment."""
    folder = Path(tempfile.mkdtemp(prefix="yangcai-home-"))
    folder.chmod(0o755)  # pytest's own is closed to the user that runs the database
    home = folder / "home"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("YANGCAI_", "DATABASE_URL"))}
    environment |= {"YANGCAI_HOME": str(home), "YANGCAI_SANDBOX": "1", "PYTHONWARNINGS": "error"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    yield environment
    embedded_postgres.stop(home / "postgres")
    shutil.rmtree(folder)


def yangcai(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "yangcai", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.long
def test_from_nothing_to_a_served_page(own_home, tmp_path):
    """migrate, serve, fetch, kill the database, fetch, stop: in processes of their own, on a fresh home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refused = yangcai(own_home, "serve", "--port", str(port))
    assert refused.returncode == console.NOT_MET, refused.stderr
    assert "yangcai migrate" in refused.stderr
    migrated = yangcai(own_home, "migrate", "--json", "--quiet")
    assert migrated.returncode == 0, migrated.stderr
    assert json.loads(migrated.stdout)["data"]["applied"]
    again = yangcai(own_home, "migrate", "--plan", "--json")
    assert json.loads(again.stdout)["data"]["pending"] == []
    checked = yangcai(own_home, "check")
    assert checked.returncode == 0, checked.stderr
    database = Path(own_home["YANGCAI_HOME"]) / "postgres"
    assert embedded_postgres.stop(database)
    log = tmp_path / "log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "yangcai", "serve", "--port", str(port), "--workers", "1"],
            env=own_home,
            stderr=said,
        )
    try:
        page = f"http://127.0.0.1:{port}/accounts/login/"
        status, text = fetched(page)
        assert status == 200, log.read_text()
        assert b"csrfmiddlewaretoken" in text
        assert "yangcai user add" in log.read_text()  # nobody can sign in yet: what to do first
        killed = embedded_postgres.status(database).pid
        os.kill(killed, signal.SIGKILL)
        assert fetched(page, until=lambda: embedded_postgres.status(database).pid not in {None, killed})[0] == 200
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert server.returncode == 0, log.read_text()
    # It was down before. Of those who keep it the last one stops it: that may be the live halls' own, a moment later.
    wait_until(lambda: not embedded_postgres.status(database).running)


@pytest.mark.long
def test_a_keeper_whose_asker_has_ended_leaves_no_database_behind(own_home):
    """Whoever started it was ended before it could read the address: it stops what it started all the same."""
    reads, writes = os.pipe()
    os.close(reads)
    try:
        keeper = subprocess.run(
            [sys.executable, "-m", "yangcai", "db", "keep"],
            env=own_home,
            stdin=subprocess.DEVNULL,
            stdout=writes,
            stderr=subprocess.PIPE,
            timeout=120,
        )
    finally:
        os.close(writes)
    assert b"BrokenPipeError" not in keeper.stderr
    assert (Path(own_home["YANGCAI_HOME"]) / "postgres" / "data" / "PG_VERSION").exists()
    assert not embedded_postgres.status(Path(own_home["YANGCAI_HOME"]) / "postgres").running


def fetched(url, *, until=lambda: True):
    """The status and the page, as soon as the server answers and `until` holds (for a moment after its end, a
    database still answers on the connections that it had; then it is an error, and then another database)."""
    # A session cookie, even of nobody, is looked up in the database.
    request = urllib.request.Request(url, headers={"Cookie": "sessionid=0123456789abcdef0123456789abcdef"})
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                if until():
                    return answer.status, answer.read()
                failure = "it answers, but not as it should"
        except urllib.error.HTTPError as error:
            with error:
                failure = f"{error.code}: {error.read()[:2000]!r}"
        except OSError as error:
            failure = repr(error)
        assert time.monotonic() < deadline, failure
        time.sleep(0.1)


def test_one_secret_key_for_processes_that_start_together(own_home):
    script = "from yangcai import settings; print(settings.SECRET_KEY)"
    starting = [
        subprocess.Popen([sys.executable, "-c", script], env=own_home, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate(timeout=60)[0] for process in starting}) == 1
    path = f"{own_home['YANGCAI_HOME']}/secret_key"
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert [name for name in os.listdir(own_home["YANGCAI_HOME"]) if name.startswith("secret_key.")] == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@db.example:5433/yangcai", ("db.example", "5433", "u", "p@ss", "yangcai", {})),
        ("postgres://u@/x?host=%2Frun%2Fpg", ("/run/pg", "", "u", "", "x", {})),
        ("postgresql://h/x?sslmode=verify-full", ("h", "", "", "", "x", {"sslmode": "verify-full"})),
    ],
)
def test_database_url(url, expected):
    from yangcai.settings import database

    found = database(url)
    assert tuple(found[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")) == expected


@pytest.mark.parametrize(
    ("given", "by_default", "on"),
    [("1", False, True), ("On", False, True), ("0", True, False), ("off", True, False), ("", True, True),
     ("", False, False)],
)  # fmt: skip
def test_a_switch_is_as_it_was_set_else_as_by_default(monkeypatch, given, by_default, on):
    from yangcai.settings import flag

    monkeypatch.setenv("YANGCAI_LOG_SM2", given)
    assert flag("YANGCAI_LOG_SM2", default=by_default) is on


@pytest.mark.parametrize(
    ("sandbox", "path", "on"),
    [("1", None, shutil.which("openssl") is not None), ("1", "/nowhere", False), ("0", None, False)],
)
def test_the_log_signs_in_sm2_by_default_in_a_sandbox_that_can(tmp_path, sandbox, path, on):
    ours = {name: text for name, text in os.environ.items() if name != "YANGCAI_LOG_SM2"}
    ours |= {"YANGCAI_HOME": str(tmp_path), "YANGCAI_SANDBOX": sandbox} | ({"PATH": path} if path else {})
    code = "import yangcai.settings as settings; print(settings.YANGCAI_LOG_SM2)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=ours, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == str(on)


def test_no_other_database():
    from django.core.exceptions import ImproperlyConfigured

    from yangcai.settings import database

    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        database("sqlite:///x")


@pytest.mark.long
@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("mysql://x/y", console.NOT_MET, "must begin with postgresql://"),
        ("postgresql://h:port/x", console.NOT_MET, "DATABASE_URL is malformed"),
        ("postgresql://u@127.0.0.1:1/x", console.NOT_MET, "the database cannot be used"),
    ],
)
def test_a_database_that_cannot_be_had_is_said_in_a_sentence(tmp_path, url, code, sentence):
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment |= {"DATABASE_URL": url, "YANGCAI_HOME": str(tmp_path)}
    ended = yangcai(environment, "migrate", "--plan", "--lang", "en")
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert "Try: yangcai doctor" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_schema_that_is_behind_names_the_command(command, capsys):
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    def run(options):
        raise ProgrammingError('relation "x" does not exist') from UndefinedTable()

    command(run)
    assert cli.main(["trial", "--lang", "en"]) == console.NOT_MET
    said = capsys.readouterr().err
    assert "the schema is not up to date" in said
    assert "yangcai migrate" in said
    assert "Traceback" not in said


def test_a_file_that_cannot_be_read_is_named(command, capsys, tmp_path):
    command(lambda options: tmp_path.read_text())
    assert cli.main(["trial", "--lang", "en"]) == console.NOT_MET
    assert capsys.readouterr().err == f"{tmp_path}: Is a directory\n"


def test_a_port_has_one_server():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    first = ports.claim(host="127.0.0.1", port=port)
    assert first
    # Nobody listens there yet: the claim alone keeps it.
    with first, pytest.raises(console.Stop, match="is taken"):
        ports.claim_or_stop(host="127.0.0.1", port=port, command="serve")
    with ports.claim_or_stop(host="127.0.0.1", port=port, command="serve"):
        pass


def test_an_address_that_is_not_here():
    with pytest.raises(console.Stop, match="cannot listen"):
        ports.claim(host="192.0.2.1", port=8000)


@pytest.mark.parametrize("given", ["0", "65536", "-1", "http", "８０００"])
def test_a_port_is_a_number_that_can_be_one(given):
    with pytest.raises(argparse.ArgumentTypeError):
        ports.port(given)
