"""The algorithms: what is sealed opens with its key, at its place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.vault import sealing
from campaign.vault.sealing import SealError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.booleans())


@given(VALUES)
def test_what_is_sealed_opens_as_it_was(values):
    sealed = sealing.seal(KEY, "place", values)

    assert sealing.unseal(KEY, "place", sealed) == values


@pytest.mark.parametrize(("key", "place"), [(OTHER, "place"), (KEY, "elsewhere"), (KEY, "")])
def test_with_another_key_or_at_another_place_it_stays_shut(key, place):
    sealed = sealing.seal(KEY, "place", {"name": "Kari"})

    with pytest.raises(SealError):
        sealing.unseal(key, place, sealed)


def test_one_changed_bit_anywhere_keeps_it_shut():
    sealed = sealing.seal(KEY, "place", {"name": "Kari"})

    for position in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[position] ^= 1
        with pytest.raises(SealError):
            sealing.unseal(KEY, "place", bytes(damaged))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27), bytes(28)])
def test_what_was_never_sealed_stays_shut(sealed):
    with pytest.raises(SealError):
        sealing.unseal(KEY, "place", sealed)


def test_the_same_values_are_sealed_differently_each_time():
    first, second = (sealing.seal(KEY, "place", {"name": "Kari"}) for _time in range(2))

    assert first[:12] != second[:12]
    assert first[12:] != second[12:]


def test_an_index_is_the_same_for_the_same_value_under_the_same_key_alone():
    index = sealing.index(KEY, "kari@example.org")

    assert index == sealing.index(KEY, "kari@example.org")
    assert len(index) == 32
    assert len({index, sealing.index(OTHER, "kari@example.org"), sealing.index(KEY, "ola")}) == 3


def test_a_key_is_wrapped_for_one_master_key():
    wrapped = sealing.wrap(KEY, OTHER)

    assert OTHER not in wrapped
    assert sealing.unwrap(KEY, wrapped) == OTHER
    for master, damaged in ((OTHER, wrapped), (KEY, wrapped[:-1] + bytes([wrapped[-1] ^ 1]))):
        with pytest.raises(SealError):
            sealing.unwrap(master, damaged)


def test_fresh_keys_have_256_bits_and_differ():
    keys = {sealing.make_key() for _time in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}
