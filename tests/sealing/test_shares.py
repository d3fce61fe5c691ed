"""Do any θ shares give the key, and do fewer say nothing about it?"""

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing import fixed
from yangcai.sealing import shares
from yangcai.sealing.faults import TOO_FEW_SHARES, Faulty
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.suites.i1 import I1

KEYS, SEEDS = st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32)
BYTES = st.integers(0, 255)


def slow_times(a: int, b: int) -> int:
    """Shift and add, as FIPS 197 §4.2 describes it."""
    found = 0
    while b:
        if b & 1:
            found ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return found


def test_the_field_is_that_of_aes() -> None:
    assert all(shares.times(a, b) == slow_times(a, b) for a in range(256) for b in range(256))
    assert shares.times(0x57, 0x83) == 0xC1  # FIPS 197 §4.2
    assert all(shares.times(shares.divided(a, b), b) == a for a in range(256) for b in range(1, 256))


@st.composite
def shapes(draw: st.DrawFn) -> tuple[int, int, int]:
    """(n, ws, θ) as a policy allows them."""
    n, ws = draw(st.integers(3, 9)), draw(st.integers(1, 4))
    theta = draw(st.integers(min(ws + 2, n), n))
    return n, ws, theta


@given(KEYS, SEEDS, shapes(), st.data())
def test_any_theta_shares_give_the_key(
    key: bytes, seed: bytes, shape: tuple[int, int, int], data: st.DataObject
) -> None:
    n, ws, theta = shape
    at = shares.positions(trustees=n, supplier=ws)
    dealt = shares.deal(key=key, deal_seed=seed, theta=theta, at=at)
    chosen = data.draw(st.permutations(at)).copy()[: data.draw(st.integers(theta, len(at)))]
    assert shares.combine({x: dealt[x] for x in chosen}) == key


@given(KEYS, KEYS, SEEDS, shapes(), st.data())
def test_fewer_shares_fit_every_key(
    key: bytes, other: bytes, seed: bytes, shape: tuple[int, int, int], data: st.DataObject
) -> None:
    """With θ-1 shares any other key is as possible: there is a dealing of it that has these very shares."""
    n, ws, theta = shape
    at = shares.positions(trustees=n, supplier=ws)
    dealt = shares.deal(key=key, deal_seed=seed, theta=theta, at=at)
    stolen = {x: dealt[x] for x in data.draw(st.permutations(at))[: theta - 1]}
    missing = next(x for x in at if x not in stolen)
    forged = value_at(missing, {0: other, **stolen})
    assert shares.combine({**stolen, missing: forged}) == other


def value_at(at: int, points: dict[int, bytes]) -> bytes:
    """Lagrange, at any place."""
    found = bytes(32)
    for x, share in points.items():
        weight = 1
        for o in points:
            if o != x:
                weight = shares.times(weight, shares.divided(at ^ o, x ^ o))
        found = bytes(f ^ shares.times(weight, s) for f, s in zip(found, share, strict=True))
    return found


def test_exactly_the_declared_coalitions_open_a_bid() -> None:
    """security.md §8: of the 127 coalitions of five trustees and two shares of the supplier, 64 open and 63 do not."""
    sealer, envelope = fixed.sealed()
    keys, core = fixed.trustee_keys(), sealer.header.core
    held = dict(sealer.own_shares)
    for x, wrapped in sealer.header.wraps.items():
        held[x] = I1.unwrap(wrapped=wrapped, x=x, core=core.content, private=keys[x][0].private)
    assert held == sealer.shares
    opened = 0
    for size in range(1, 8):
        for coalition in itertools.combinations(held, size):
            chosen = {x: held[x] for x in coalition}
            if size >= 4:
                found = open_envelope(io.BytesIO(envelope), policy=sealer.terms.policy, shares=chosen)
                assert found.price == fixed.PRICE
                opened += 1
                continue
            with pytest.raises(Faulty) as caught:
                open_envelope(io.BytesIO(envelope), policy=sealer.terms.policy, shares=chosen)
            assert caught.value.fault is TOO_FEW_SHARES
    assert opened == 64


def test_a_stolen_opening_file_and_the_operator_together_do_not_open() -> None:
    """F35: everything the platform has, its own trustee's key included, and the supplier's shares besides."""
    sealer, envelope = fixed.sealed()
    with pytest.raises(Faulty) as caught:
        stolen = {1: sealer.shares[1], **sealer.own_shares}
        open_envelope(io.BytesIO(envelope), policy=sealer.terms.policy, shares=stolen)
    assert caught.value.fault is TOO_FEW_SHARES
