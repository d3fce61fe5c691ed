"""How large and how often? The sizes of a full run, and those of `--quick`, which only shows that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`cases`: sizes of the platform, multiples of the first; `lines` of a budget; `acts`: how often each Action is
    done each way; `page_runs`: how often each page is asked for beside the look that counts its queries, whose time
    counts where there is no other; `case_pages`: of how many cases every role reads the page."""

    cases: tuple[int, ...]
    lines: int
    acts: int
    http_acts: int
    clients: int
    runs: int
    page_runs: int
    case_pages: int
    replays: int
    replay_cases: int
    lots: int
    sealed_bytes: int
    sealed_bids: int
    finalises: int
    connections: int
    viewers: int
    hall_events: int
    handed_in: int
    bidders_at_once: int
    storm_suppliers: int
    storm_uploads: int
    storm_bytes: int
    storm_seconds: float
    proofs: int
    unsealed_bids: int


FULL = Scale(
    cases=(10, 1_000, 100_000),
    lines=100_000,
    acts=40,
    http_acts=120,
    clients=8,
    runs=3,
    page_runs=5,
    case_pages=2,
    replays=3,
    replay_cases=4,
    lots=100_000,
    sealed_bytes=500_000_000,
    sealed_bids=1_528,
    finalises=10_000,
    connections=40,
    viewers=500,
    hall_events=20,
    handed_in=2_000,
    bidders_at_once=16,
    storm_suppliers=1_000,
    storm_uploads=2,
    storm_bytes=500_000_000,
    storm_seconds=10,
    proofs=100,
    unsealed_bids=1_528,
)
QUICK = Scale(
    cases=(2, 4),
    lines=200,
    acts=3,
    http_acts=4,
    clients=2,
    runs=2,
    page_runs=0,
    case_pages=1,
    replays=1,
    replay_cases=1,
    lots=20,
    sealed_bytes=3_000_000,
    sealed_bids=3,
    finalises=20,
    connections=4,
    viewers=5,
    hall_events=2,
    handed_in=20,
    bidders_at_once=2,
    storm_suppliers=20,
    storm_uploads=1,
    storm_bytes=9_000_000,
    storm_seconds=2,
    proofs=3,
    unsealed_bids=3,
)
