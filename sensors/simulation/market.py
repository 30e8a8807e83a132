"""A market without traders: what food costs day by day, with a crisis where the scenario has one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError, UnknownNameError
from commons.rows import Block
from sensors.days import ONE_DAY, local_day, midnight_ms
from sensors.drivers.driver import Reading
from sensors.simulation.draws import draws, noise
from sensors.simulation.events import entry_id

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from commons.sites import Market, NodeEntry, Site
    from sensors.simulation.scenario import Crisis, Scenario

_HOUR_MS: Final = 3_600_000
_MORNING_H: Final = 9
_REMEMBERED_DAYS: Final = 15  # a price is made of so many days' chances, so that it wanders
_STEP_IDR: Final = 100
_SOURCE: Final = "simulation"


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    """A price of each food and trader on each day at nine, from the scenario's first day on.

    Args:
        scenario: Its prices.
        market: Whose they are.
        zone: Its clock.
        origin: The rows' origin.
    """

    scenario: Scenario
    market: Market
    zone: ZoneInfo
    origin: str

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The prices of one more day."""
        day = _after(bookmark) or self.scenario.begin
        if self._at_ms(day) > now_ms or day > local_day(now_ms, self.zone):
            return Reading([])
        return Reading([self._block(day)], bookmark=day.isoformat(), more=self._at_ms(day + ONE_DAY) <= now_ms)

    def price_idr(self, commodity: str, day: date, quote: str) -> float:
        """What a food costs at a trader's on a day [IDR per unit]."""
        plan, seed = self.scenario.prices, self.scenario.seed
        chances = [
            noise(draws(seed, "price", of, commodity, (day - timedelta(days=back)).toordinal()), 1)[0]
            for of in ("all", quote)
            for back in range(_REMEMBERED_DAYS)
        ]
        wander = plan.swing * sum(chances) / math.sqrt(_REMEMBERED_DAYS / 3)
        dear = math.prod(self._factor(crisis, day) for crisis in plan.crisis if crisis.commodity == commodity)
        return max(_STEP_IDR, round(plan.foods[commodity] * math.exp(wander) * dear / _STEP_IDR) * _STEP_IDR)

    def _factor(self, crisis: Crisis, day: date) -> float:
        """How dear a crisis makes its food: it rises by the same share each day, and falls so."""
        since = (day - self.scenario.begin).days + 1 - (crisis.day - 1)
        if since <= 0:
            return 1.0
        if since <= crisis.up_days:
            return float(crisis.peak ** (since / crisis.up_days))
        return float(crisis.peak ** max(0.0, 1 - (since - crisis.up_days) / crisis.down_days))

    def _at_ms(self, day: date) -> int:
        return midnight_ms(day, self.zone) + _MORNING_H * _HOUR_MS

    def _block(self, day: date) -> Block:
        plan = self.scenario.prices
        quotes = [f"pedagang {number}" for number in range(1, plan.quotes + 1)]
        asked = [(commodity, quote) for commodity in plan.foods for quote in quotes]
        key = (self.scenario.seed, self.market.slug)
        return Block(
            "price",
            [self._at_ms(day) * NANOSECONDS_PER_MILLISECOND] * len(asked),
            {
                "market": self.market.slug,
                "commodity": [commodity for commodity, _ in asked],
                "quote": [quote for _, quote in asked],
                "level": self.market.level,
                "source": _SOURCE,
                "origin": self.origin,
            },
            {
                "price_idr": [float(self.price_idr(commodity, day, quote)) for commodity, quote in asked],
                "entry": [entry_id(*key, *of, day.toordinal()) for of in asked],
                "version": [1.0] * len(asked),
            },
        )


def build_market(entry: NodeEntry, site: Site, scenario: Scenario | None) -> SimulatedMarket:
    """The market of a scenario.

    Raises:
        SiteError: There is no scenario with prices, or the site has no market of its own.
        UnknownNameError: The scenario's market is not the site's.
    """
    if scenario is None or not scenario.prices.foods:
        raise SiteError(f"node {entry.address.node!r} stands in no lane; a market needs a scenario with [prices.foods]")
    name = scenario.prices.market
    if name and name not in site.markets:
        raise UnknownNameError(f"market of scenario {scenario.name}", name, site.markets)
    own = [market for market in site.markets.values() if market.level == "consumer" and not market.stand_in]
    found = site.markets[name] if name else next(iter(own), None)
    if found is None:
        raise SiteError(f"site {site.slug!r} has no consumer market of its own; name one as prices.market")
    return SimulatedMarket(scenario, found, site.zone, entry.origin)


def _after(bookmark: str | None) -> date | None:
    try:
        return date.fromisoformat(bookmark) + ONE_DAY if bookmark else None
    except ValueError as error:
        raise SensorError(
            f"bookmark {str(bookmark)[:60]!r} is none of a market ({error}); let the outbox drain, then delete it"
        ) from error
