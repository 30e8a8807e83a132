"""The code that opens a lane's diary: drawn once, kept as a salted hash, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
from typing import TYPE_CHECKING, Any, Final

from commons.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike: i l o 0 1
_HALF: Final = 4  # two halves are 39 bits, and guesses are slowed
_COST: Final = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a guess
_FOR_OTHERS: Final = 0o077
_AT_ONCE: Final = 2  # hashes computed together: memory is bounded whoever asks


class LaneCodes:
    """The codes of a site's lanes, in one file that only its owner may read.

    The file is read at every check, so a code drawn by `lorong lane code` counts at once.

    Args:
        path: The file; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hashing = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody = _hashed(secrets.token_hex())

    def draw(self, lane: str) -> str:
        """Give a lane a new code; the one it had counts no more.

        Returns:
            The code, which is written down nowhere else.

        Raises:
            SettingsError: The file cannot be used.
        """
        code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
        self._write({**self._read(), lane: _hashed(_plain(code))})
        return code

    def close(self, lane: str) -> bool:
        """Take a lane's code away, so that nobody can enter anything there; whether it had one."""
        known = self._read()
        had = known.pop(lane, None) is not None
        if had:
            self._write(known)
        return had

    def is_right(self, lane: str, code: str) -> bool:
        """Whether a code opens a lane; capitals, spaces and hyphens do not matter.

        A lane without a code takes as long to refuse as one that has another.

        Raises:
            SettingsError: The file cannot be used.
        """
        known = self._read().get(lane)
        record = known or self._nobody
        with self._hashing:
            guess = _hashed(_plain(code), salt=base64.b64decode(record["salt"]))
        return hmac.compare_digest(guess["hash"], record["hash"]) and known is not None

    def check(self) -> None:
        """Say now what would be wrong later.

        Raises:
            SettingsError: The file is not readable, not ours, or may be read by others.
        """
        self._read()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                if mode & _FOR_OTHERS:
                    raise SettingsError(
                        f"lane codes {self._path.name!r} may be read by others (mode {mode:o}); run chmod 600 on it"
                    )
                found: dict[str, dict[str, str]] = json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            if isinstance(error, SettingsError):
                raise
            raise SettingsError(
                f"lane codes {self._path.name!r} cannot be read ({type(error).__name__}); draw them anew with "
                "`lorong lane code`"
            ) from error
        return found

    def _write(self, known: dict[str, dict[str, str]]) -> None:
        """Whole or not at all, and never readable by others, not even for a moment."""
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(known, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise SettingsError(
                f"lane codes {self._path.name!r} cannot be written ({error.strerror}); check the folder's owner"
            ) from error


def _plain(code: str) -> str:
    """A code as it is compared: people write it with capitals, spaces and other hyphens."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _hashed(code: str, *, salt: bytes | None = None) -> dict[str, Any]:
    chosen = secrets.token_bytes(16) if salt is None else salt
    digest = hashlib.scrypt(code.encode(), salt=chosen, dklen=32, **_COST)
    return {"salt": base64.b64encode(chosen).decode(), "hash": base64.b64encode(digest).decode()}
