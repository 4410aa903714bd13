"""Chance, recomputed here from the published algorithms and nothing else."""

import numpy as np
import pytest

from runs import frame

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def philox4x32(counter, key):
    """Philox4x32 with ten rounds (Salmon et al. 2011) of columns of counters; the keys are plain integers."""
    a, b, c, d = (np.asarray(word, dtype=np.uint64) for word in counter)
    first, second = key
    for _ in range(10):
        p, q = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b, c, d = (q >> HALF) ^ b ^ np.uint64(first), q & LOW, (p >> HALF) ^ d ^ np.uint64(second), p & LOW
        first, second = (first + 0x9E3779B9) & 0xFFFFFFFF, (second + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def fnv1a(name):
    """The 32-bit FNV-1a hash (Fowler, Noll & Vo), a decision's word of the counter."""
    word = 0x811C9DC5
    for byte in name.encode():
        word = (word ^ byte) * 0x01000193 & 0xFFFFFFFF
    return word


def uniform(word):
    """A word as a 32-bit float from 0 up to, but not including, 1."""
    return np.minimum(word.astype(np.float32) * np.float32(2**-32), np.float32(1 - 2**-24))


def test_philox_gives_the_vectors_published_with_random123():
    def words(counter, key):
        return [int(word) for word in philox4x32(counter, key)]

    ones = 0xFFFFFFFF
    assert words([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    assert words([ones] * 4, [ones] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    counter, key = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]
    assert words(counter, key) == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def test_fnv1a_gives_the_published_hash():
    # Noll's test suite: the hash of "foobar".
    assert (fnv1a(""), fnv1a("foobar")) == (0x811C9DC5, 0xBF9CF968)


@pytest.mark.parametrize(("simulation", "least"), [("run", 200), ("everyone", 2000)])
def test_who_dies_follows_from_the_published_generator_alone(simulation, least, request):
    lives = frame(request.getfixturevalue(simulation), "lives")
    ids = lives["id"].to_numpy()
    # Counter: the id's low and high half, the age reached in the year, the decision. Key: seed 1, replicate 0.
    counter = [ids & LOW, ids >> HALF, lives["age"].to_numpy(), np.full(len(ids), fnv1a("death.dies"))]
    luck = uniform(philox4x32(counter, (1, 0))[0])
    risk = lives["death.risk"].to_numpy().astype(np.float32)
    died = lives["lived"].str.contains("died").to_numpy()
    assert died.sum() > least
    assert np.array_equal(luck < risk, died)
