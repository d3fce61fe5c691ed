"""Can the log, a notice, a filed document or the clock be changed?"""

from tests.invariants.attacks.sql import Row

#: A file in its place, and another one beside it.
FILED = (
    "INSERT INTO kernel_document (digest, size, media_type, name) VALUES ('a', 1, 'x', 'x'), ('b', 1, 'x', 'x');"
    "INSERT INTO kernel_attachment (document_id, root, subject, title, kind, is_public, at)"
    " VALUES ('a', 'case:1', 'case:1', 'x', 'solicitation', true, now());"
)

#: An article that everybody has read.
ARTICLE = (
    "INSERT INTO portal_article (id, version, organisation_id, kind, title, begun_at, withdrawn_reason)"
    " SELECT 7, 0, min(id), 'guide', 'x', now(), '' FROM parties_organisation;"
    "INSERT INTO portal_articleversion (id, version, article_id, number, title, summary, body, change, drafted_at,"
    " submitted_at, return_reason, published_at, digest, is_demo)"
    " VALUES (7, 0, 7, 1, 'x', 'x', 'x', '', now(), now(), '', now(), 'x', true);"
)

ROWS: tuple[Row, ...] = (
    ("published", "entries_are_never_changed", "change the log",
     "UPDATE kernel_entry SET action = 'x' WHERE seq = {entry}"),
    ("published", "entries_are_never_changed", "delete from the log",
     "DELETE FROM kernel_entry WHERE seq = {entry}"),
    ("published", "the_public_log_only_grows", "change a line of the public log",
     "UPDATE kernel_leaf SET line = 'x' WHERE entry_id = {entry}"),
    ("published", "the_public_log_only_grows", "take a line away",
     "DELETE FROM kernel_leafsecret; DELETE FROM kernel_leaf"),
    ("published", "one_root_per_size", "a root over lines without a place",
     "INSERT INTO kernel_treehead (size, hash, at, signed) VALUES (1, 'x', now(), '')"),
    ("published", "one_root_per_size", "a second root for one size",
     "UPDATE kernel_leaf SET index = 0 WHERE entry_id = {entry};"
     "INSERT INTO kernel_treehead (size, hash, at, signed) VALUES (1, 'x', now(), '');"
     "INSERT INTO kernel_treehead (size, hash, at, signed) VALUES (1, 'y', now(), '')"),
    ("published", "notices_are_never_changed", "change a notice",
     "UPDATE portal_notice SET title = 'x' WHERE id = {notice}"),
    ("published", "notices_are_never_changed", "delete a notice",
     "DELETE FROM portal_notice WHERE id = {notice}"),
    ("published", "published_articles_are_never_rewritten", "rewrite a published article",
     ARTICLE + "UPDATE portal_articleversion SET body = 'y'"),
    ("published", "published_articles_are_never_rewritten", "take its publication back",
     ARTICLE + "UPDATE portal_articleversion SET published_at = NULL"),
    ("published", "published_articles_are_never_rewritten", "delete a published article",
     ARTICLE + "DELETE FROM portal_articleversion"),
    ("published", "published_articles_are_never_rewritten", "delete them all", "TRUNCATE portal_articleversion"),
    ("published", "links_are_never_repointed", "another file in a published place",
     FILED + "UPDATE kernel_attachment SET document_id = 'b'"),
    ("published", "links_are_never_repointed", "another name for a file",
     FILED + "UPDATE kernel_document SET name = 'y' WHERE digest = 'a'"),
    ("published", "records_are_never_deleted", "take a published file away", FILED + "DELETE FROM kernel_attachment"),
    ("late", "no_sandbox_clock_outside_a_sandbox", "turn the clock back to before the deadline",
     "SET LOCAL yangcai.sandbox = off; UPDATE kernel_sandboxclock SET at = '2026-03-20T00:00:00Z'"),
    ("late", "no_sandbox_clock_outside_a_sandbox", "take a sandbox its clock", "DELETE FROM kernel_sandboxclock"),
    ("late", "no_sandbox_clock_outside_a_sandbox", "empty the table of the clock", "TRUNCATE kernel_sandboxclock"),
    ("drafted", "no_sandbox_clock_outside_a_sandbox", "stop the clock of a platform that runs",
     "SET LOCAL yangcai.sandbox = on; INSERT INTO kernel_sandboxclock (id, at) VALUES (1, '2026-03-20T00:00:00Z')"),
    ("drafted", "no_sandbox_clock_outside_a_sandbox", "stop the clock of no sandbox",
     "SET LOCAL yangcai.sandbox = off; INSERT INTO kernel_sandboxclock (id, at) VALUES (1, '2026-03-20T00:00:00Z')"),
)  # fmt: skip
