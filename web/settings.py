"""Where the web listens, which language it starts with, how old data may be, and how much anybody may ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commons.settings import Secret


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Section `[web]`.

    Args:
        host: The address to listen on; "0.0.0.0" for every network of the machine.
        port: The port to listen on; 0 = any free one.
        address: Where people reach this web, as in "https://kebun.example.id"; QR codes and link previews carry it.
        language: What a visitor reads who has not chosen: "id", or a folder of `web/locale/`.
        keep_seconds: How long a finished page is shown again without asking the store [s]; as long again while it is
            made anew.
        too_old_hours: The age from which a bed's last reading is no longer trusted [h].
        api_rows: The most rows that one answer of the API holds.
        api_at_once: The most questions of the API that the store is asked at one time.
        api_seconds: How long one of them may take [s].
        requests_per_second: How many requests one address may make for ever; a question to the API counts as ten.
        requests_burst: How many it may make at once.
        connections: The most connections served at one time.
        ask_seconds: How long the head of a request may take to arrive [s].
        read_seconds: How long a part of an answer may wait to be read [s].
        trusted_proxies: Addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
        hosts: The names this web is reached by, as in "kebun.example.id"; empty = any. This machine's own always count.
        entries: Whether harvests may be entered, with a lane's code.
        operator_hash: What `lorong rejects password` prints of the password that opens `/rejects`; empty = no page.
        data: The folder of the lane codes and of entries that are not yet in the store.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    address: str = ""
    language: str = "id"
    keep_seconds: float = 10.0
    too_old_hours: float = 24.0
    api_rows: int = 100_000
    api_at_once: int = 4
    api_seconds: float = 20.0
    requests_per_second: float = 20.0
    requests_burst: int = 200
    connections: int = 500
    ask_seconds: float = 10.0
    read_seconds: float = 30.0
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    hosts: tuple[str, ...] = ()
    entries: bool = False
    operator_hash: Secret = Secret("")
    data: Path = Path("data/web")

    @property
    def codes(self) -> Path:
        """The file of the lanes' codes, as hashes."""
        return self.data / "lane-codes.json"
