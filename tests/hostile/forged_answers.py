"""The kinds of forged `stored` answers: one line each, made of what an honest collector would say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from tests.hostile.cases import BOXES, NUMBERS, NUMBERS_OF_PACKS, WRONG, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

HONEST = "honest (control)"
_HUGE = 2**53 - 1
_MEMBERS = ("store", "through", "missing", "lost", "newest")


class Known(NamedTuple):
    """What a forger may know of a node.

    Args:
        sent: The highest number that was sent.
        put: The highest number that there is.
        digests: Of each pack by its number.
    """

    sent: int
    put: int
    digests: Mapping[int, str]

    def newest(self, random: Random) -> list[Any]:
        """A pack that was sent, as a proof names it."""
        seq = random.randint(1, self.sent)
        return [seq, self.digests[seq]]


def honest(random: Random, node: Known) -> dict[str, Any]:
    """What a collector says that has all up to a pack."""
    seq, digest = node.newest(random)
    return {"store": "one", "through": seq, "missing": [], "lost": [], "newest": [seq, digest]}


def control(random: Random, node: Known) -> bytes:
    return orjson.dumps({**honest(random, node), "through": node.sent, "newest": [node.sent, node.digests[node.sent]]})


def not_json(random: Random, node: Known) -> bytes:
    said = orjson.dumps(honest(random, node))
    return random.choice((said[: random.randrange(len(said))], random.randbytes(random.randint(0, 90)), said[1:], b""))


def changed(random: Random, node: Known) -> bytes:
    said = bytearray(orjson.dumps(honest(random, node)))
    for _ in range(random.randint(1, 4)):
        said[random.randrange(len(said))] = random.choice((random.randrange(256), *b'0159[]{},":-e'))
    return bytes(said)


def not_utf8(random: Random, node: Known) -> bytes:
    return written(honest(random, node), store=b'"' + random.choice((b"\xff", b"\xc3\x28", b"\xed\xa0\x80")) + b'"')


def deep(random: Random, node: Known) -> bytes:
    depth = random.choice((100, 1_000, 5_000, 200_000))
    opened = random.choice((b"[", b'{"a":'))
    nested = opened * depth + b"1" + (b"]" if opened == b"[" else b"}") * depth
    return random.choice((nested, written(honest(random, node), **{random.choice(_MEMBERS): nested})))


def large(random: Random, node: Known) -> bytes:
    some = [[random.randint(1, node.sent), random.choice((node.sent, _HUGE))] for _ in range(30)]
    return orjson.dumps(
        {**honest(random, node), random.choice(("missing", "lost")): some * random.choice((2, 50, 2_000))}
    )


def wrong_types(random: Random, node: Known) -> bytes:
    return orjson.dumps({**honest(random, node), random.choice(_MEMBERS): random.choice(WRONG[:-1])})


def wrong_documents(random: Random, _: Known) -> bytes:
    return orjson.dumps(random.choice(WRONG))


def members_missing(random: Random, node: Known) -> bytes:
    said = {**honest(random, node), "through": _HUGE}
    del said[random.choice(_MEMBERS)]
    return orjson.dumps(said)


def numbers(random: Random, node: Known) -> bytes:
    number = random.choice((*NUMBERS, *NUMBERS_OF_PACKS))
    places = {
        "through": number,
        "newest": b"[" + number + b',"' + node.digests[node.sent].encode() + b'"]',
        "missing": b"[[1," + number + b"],[" + number + b",3]]",
        "lost": b"[[" + number + b"," + number + b"]]",
    }
    return written(honest(random, node), **dict(random.choices([*places.items()], k=2)))


def beyond(random: Random, node: Known) -> bytes:
    seq = random.randint(1, node.put)  # perhaps one that was not sent yet
    through = random.choice((node.sent + 1, node.put, node.put + 9, _HUGE))
    return orjson.dumps({**honest(random, node), "through": through, "newest": [seq, node.digests.get(seq, "")]})


def of_another(random: Random, node: Known) -> bytes:
    digest = random.choice(("0" * 16, "", "~" + node.digests[node.sent], node.digests[node.sent].upper(), "é" * 16))
    return orjson.dumps({**honest(random, node), "through": node.put, "newest": [random.randint(1, node.put), digest]})


def of_another_pack(random: Random, node: Known) -> bytes:
    (seq, _), (_, digest) = node.newest(random), node.newest(random)
    return orjson.dumps({**honest(random, node), "through": node.put, "newest": [seq, digest]})


def never_put(random: Random, node: Known) -> bytes:
    newest = [random.choice((node.put + 1, _HUGE)), node.digests[node.sent]]
    return orjson.dumps({**honest(random, node), "through": node.put, "newest": newest})


def proves_nothing(random: Random, node: Known) -> bytes:
    newest: Any = random.choice((None, [], {}, "", 0, False))
    return orjson.dumps({**honest(random, node), "through": random.choice((node.sent, _HUGE)), "newest": newest})


def ranges(random: Random, node: Known) -> bytes:
    def end() -> int:
        return random.choice((0, 1, 2, node.sent, node.put, node.put + 1, _HUGE, random.randint(1, node.put)))

    def some() -> list[list[int]]:
        return [[end(), end()] for _ in range(random.randint(0, 30))] * random.choice((1, 1, 9))

    return orjson.dumps({**honest(random, node), "missing": some(), "lost": some()})


def another_store(random: Random, node: Known) -> bytes:
    of = {"store": random.choice((*filter(lambda box: isinstance(box, str), BOXES), "two"))}
    return random.choice((orjson.dumps({**honest(random, node), **of}), proves_nothing(random, node)))


def twice(random: Random, node: Known) -> bytes:
    said = orjson.dumps(honest(random, node))
    again = random.choice(
        (b'"through":%d' % _HUGE, b'"newest":null', b'"newest":[1,"x"]', b'"lost":[[1,%d]]' % node.put)
    )
    return said[:-1] + b"," + again + b"}"


KINDS: dict[str, tuple[int, Callable[[Random, Known], bytes]]] = {
    HONEST: (20, control),
    "no JSON": (60, not_json),
    "bytes changed at random": (120, changed),
    "not UTF-8": (20, not_utf8),
    "nested deep": (10, deep),
    "large": (10, large),
    "wrong types": (120, wrong_types),
    "other documents": (30, wrong_documents),
    "members missing": (60, members_missing),
    "numbers at the edge": (120, numbers),
    "through beyond what was sent": (60, beyond),
    "newest of another outbox": (60, of_another),
    "newest of another pack": (60, of_another_pack),
    "newest never put": (30, never_put),
    "newest left out": (60, proves_nothing),
    "ranges turned, overlapping, huge": (120, ranges),
    "another store": (60, another_store),
    "one name twice": (60, twice),
}
"""Each kind's weight in a run and its maker."""
