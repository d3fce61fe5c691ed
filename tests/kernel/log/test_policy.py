"""Does the log go on where nobody can read the site's policy?"""

from pathlib import Path

import pytest

from yangcai.kernel import log_files, log_witnesses

pytestmark = pytest.mark.django_db


def test_a_policy_that_is_no_text_is_not_published_and_stops_nothing(
    settings: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (
        ("YANGCAI_HOME", tmp_path),
        ("YANGCAI_LOG", tmp_path / "log"),
        ("YANGCAI_NAME", "ggzy.example"),
    ):
        setattr(settings, name, value)
    log_files.folder().mkdir(parents=True, exist_ok=True)
    log_witnesses.publish_policy()
    published = (log_files.folder() / log_files.POLICY).read_bytes()
    assert published.endswith(b"quorum none\n")
    log_witnesses.path().write_bytes(b"quorum none\n# \xff\xfe\n")
    log_witnesses.publish_policy()
    assert (log_files.folder() / log_files.POLICY).read_bytes() == published
    assert "is not published" in caplog.text
