"""Who may see what is not public: one password, kept as a salted hash, and sessions that end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import SettingsError
from diary.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Hashable

    from commons.clock import Clock
    from commons.settings import Secret

SESSION_SECONDS: Final = 8 * 3600.0
_COST: Final = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a guess
_KIND: Final = "scrypt"
_SESSIONS: Final = 20


def hashed(password: str, *, salt: bytes | None = None) -> str:
    """A password as the settings hold it: the kind, the salt and the hash.

    Args:
        password: As it is typed.
        salt: Of an earlier hash, to compare with it; a new one when left out.
    """
    chosen = secrets.token_bytes(16) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=chosen, dklen=32, **_COST)
    return ":".join((_KIND, *(base64.b64encode(part).decode() for part in (chosen, digest))))


@dataclass(frozen=True, slots=True)
class Session:
    """An operator who is in.

    Args:
        ends: When that is over, on the monotonic clock [s].
        token: What every form of theirs carries, so that another site's page cannot send one.
    """

    ends: float
    token: str


class Operator:
    """Lets in whoever knows the password. Safe to use from several threads.

    Args:
        hash_: The password's hash.
        clock: When sessions end, and how long wrong guesses wait.

    Raises:
        SettingsError: It is no such hash.
    """

    def __init__(self, hash_: Secret, clock: Clock) -> None:
        self._hash, self._salt = hash_.reveal(), _salt(hash_.reveal())
        self._clock, self._waits = clock, Waits(clock)
        self._lock, self._hashing = threading.Lock(), threading.Lock()  # one guess at a time: memory is bounded
        self._sessions: dict[bytes, Session] = {}

    def enter(self, guesser: Hashable, password: str) -> str | float:
        """A new session's key; or, where the password was wrong or came too soon, how long to wait [s]."""
        wait = self._waits.guess(guesser)
        if wait:
            return wait
        with self._hashing:
            is_right = hmac.compare_digest(hashed(password, salt=self._salt).encode(), self._hash.encode())
        if not is_right:
            return 0.0
        self._waits.forgive(guesser)
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[_digest(key)] = Session(self._clock.monotonic() + SESSION_SECONDS, secrets.token_urlsafe(32))
            while len(self._sessions) > _SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
        return key

    def session(self, key: str | None) -> Session | None:
        """The session of a key; None where there is none, or it is over."""
        with self._lock:
            found = self._sessions.get(_digest(key)) if key else None
        return found if found and found.ends > self._clock.monotonic() else None

    def leave(self, key: str | None) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_digest(key or ""), None)


def _digest(key: str) -> bytes:
    """What is kept of a key: who reads the memory's copy cannot use it."""
    return hashlib.sha256(key.encode()).digest()


def _salt(text: str) -> bytes:
    kind, _, rest = text.partition(":")
    try:
        salt = base64.b64decode(rest.partition(":")[0], validate=True)
    except ValueError:
        salt = b""
    if kind != _KIND or not salt:
        raise SettingsError("web.operator_hash is no hash of a password; make one with `lorong rejects password`")
    return salt
