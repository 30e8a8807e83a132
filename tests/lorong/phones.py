"""Phones in front of a lane's diary, and everything behind it: web, outbox, broker, collector and store."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from selenium.webdriver.common.by import By

from store.contract import Query
from tests.flow.chromium import console
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from store.contract import Store
    from tests.faults.proxy import Proxy

_NETWORK_LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION", "ERR_FAILED")


@dataclass(frozen=True)
class Lane:
    """A lane's page behind a network that can go away.

    Args:
        address: Of the page.
        code: What opens it.
        network: Between the phones and the page.
        store: Where entries end.
    """

    address: str
    code: str
    network: Proxy
    store: Store

    @property
    def entries(self) -> str:
        """Where entries are sent."""
        return self.address.replace("/diary/", "/entries/")

    def rows(self, measurement: str, *fields: str) -> list[dict[str, Any]]:
        """What is in the store."""
        known = ("entry", "version", "void", "node", *fields)
        rows: list[dict[str, Any]] = self.store.read(Query(measurement, fields=known)).to_pylist()
        return rows

    def harvests(self) -> set[tuple[str, float]]:
        """Entry and version of every harvest in the store."""
        return {(row["entry"], row["version"]) for row in self.rows("harvest")}

    def new_harvests(self, before: set[tuple[str, float]], count: int) -> list[dict[str, Any]]:
        """The rows that came since, once there are so many; no entry and version may have two."""
        wait_until(lambda: len(self.harvests() - before) >= count, f"{count} harvests more are in the store")
        rows = self.rows("harvest", "kg", "pieces", "note")
        new = [row for row in rows if (row["entry"], row["version"]) not in before]
        assert len(new) == count, new
        return new

    def connect(self, *, is_there: bool) -> None:
        """Take the network away, or bring it back."""
        self.network.weather.refusing = not is_there
        if not is_there:
            self.network.cut()


class Phone:
    """A browser with a profile of its own.

    Args:
        browser: The browser.
        lane: The lane whose diary it uses.
    """

    def __init__(self, browser: Chrome, lane: Lane) -> None:
        self.browser, self.lane = browser, lane

    def renew(self) -> None:
        """Forget everything: a phone that was never here."""
        self.online()
        self.browser.get("about:blank")
        self.browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": "all"})
        console(self.browser)

    def open(self, query: str = "") -> None:
        """Open the page and wait until its script has drawn it."""
        self.browser.get(self.lane.address + query)

    def open_kept(self, query: str = "") -> None:
        """Open the page and wait until it is kept for when there is no network."""
        self.open(query)
        self.wait_for("document.documentElement.dataset.offline === 'ready'")

    def unlock(self, code: str = "") -> None:
        """Type the lane's code."""
        self.wait_for("!document.getElementById('open').hidden")
        self.browser.find_element(By.CSS_SELECTOR, "#open input").send_keys(code or self.lane.code)
        self.browser.find_element(By.CSS_SELECTOR, "#open button").click()

    def offline(self) -> None:
        """The phone has no network, and knows it."""
        self.browser.set_network_conditions(offline=True, latency=0, throughput=0)

    def online(self) -> None:
        """The phone has a network again."""
        self.browser.delete_network_conditions()

    def tap(self, *texts: str) -> None:
        """Tap what carries these words, one after the other."""
        for text in texts:
            self._named(text).click()

    def harvest(self, food: str = "Kangkung darat") -> None:
        """A usual harvest: two taps, the second of a trembling finger."""
        self.wait_for("!document.getElementById('forms').hidden")
        self.tap(food)
        self.browser.execute_script("const b = arguments[0]; b.click(); b.click()", self._named("Simpan"))

    def type(self, name: str, text: str) -> None:
        """Type into the field of the form that is open."""
        field = self.browser.find_element(By.CSS_SELECTOR, f"details[open] > form input[name={name}]")
        field.clear()
        field.send_keys(text)

    def text(self, selector: str) -> str:
        """What an element says."""
        return str(self.browser.find_element(By.CSS_SELECTOR, selector).text)

    def texts(self, selector: str) -> list[str]:
        """What each element that is shown says."""
        found = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return [element.text for element in found if element.is_displayed()]

    @property
    def state(self) -> str:
        """What the page says of its queue."""
        return str(self.browser.find_element(By.ID, "state").text)

    def says(self, words: str) -> None:
        """Wait until the page says so of its queue."""
        wait_until(lambda: words in self.state, f"the page says {words!r}, not {self.state!r}")

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript expression holds."""
        wait_until(lambda: self.browser.execute_script(f"return {condition}"), condition)

    def asked_to_wake(self) -> list[str]:
        """What the browser is to wake the worker for when there is a network (Background Sync)."""
        tags = "navigator.serviceWorker.ready.then(r => r.sync.getTags()).then(arguments[0])"
        return list(self.browser.execute_async_script(tags))

    def wake(self) -> None:
        """Wake the worker as the browser does, which itself would wait for minutes; its number is a small one."""
        self.browser.execute_cdp_cmd("ServiceWorker.enable", {})
        for number in range(20):
            woken = {"origin": self._origin, "registrationId": str(number), "tag": "send", "lastChance": False}
            self.browser.execute_cdp_cmd("ServiceWorker.dispatchSyncEvent", woken)

    def barriers(self) -> list[Any]:
        """What axe finds wrong for people who use a screen reader or a keyboard, with everything unfolded."""
        axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
        self.browser.execute_script(f"{axe}; document.querySelectorAll('details').forEach(d => d.open = true)")
        found = "axe.run().then(r => arguments[0](r.violations.map(v => [v.id, v.nodes.map(n => n.html)])))"
        return list(self.browser.execute_async_script(found))

    def complaints(self) -> list[str]:
        """What the console said that a network that is away does not explain."""
        said = [str(line["message"]) for line in console(self.browser)]
        return [line for line in said if not any(word in line for word in _NETWORK_LOST)]

    @property
    def _origin(self) -> str:
        where = urlsplit(self.lane.address)
        return f"{where.scheme}://{where.netloc}"

    def _named(self, text: str) -> WebElement:
        path = f"//main//*[self::button or self::label or self::summary][normalize-space()={text!r}]"
        return next(element for element in self.browser.find_elements(By.XPATH, path) if element.is_displayed())
