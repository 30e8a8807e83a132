"""A scenario: one TOML file that says what a simulated city is like, from its weather to its wrong clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from commons.catalogue.commodities import commodity
from commons.errors import SettingsError, UnknownNameError
from commons.settings import read_file
from sensors.simulation.crops import crop
from sensors.simulation.scenario_tables import OneOf, Span, read_table

FOLDER: Final = Path(__file__).resolve().parent / "scenarios"
MEASURED: Final = ("soil", "air", "rain", "health")
PHYSICS_MINUTES: Final = 15

Share = Annotated[float, Span(0, 1)]
Number = Annotated[int, Span(1, 3_660)]
Factor = Annotated[float, Span(0, 100)]
DayNumber = Annotated[int, Span(1, 3_660)]
Prices = Annotated[Mapping[str, float], Span(1, 10_000_000)]
Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`[about]`: what it shows, in both languages."""

    id: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePlan:
    """`[lanes]`.

    Args:
        names: Lanes of the site; empty = as many as `count` says.
        count: How many lanes of the site, in its order; more than it has = all made up; 0 = all that are simulated.
        beds: How many beds each has; 0 = the site's.
        gateways: How many boxes gather the readings of all lanes; 0 = each lane has a node of its own.
    """

    names: tuple[str, ...] = ()
    count: Annotated[int, Span(0, 20_000)] = 0
    beds: Annotated[int, Span(0, 12)] = 0
    gateways: Annotated[int, Span(0, 500)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """`[[weather.spell]]`: some days of other weather.

    Args:
        day: Its first day, 1 = the scenario's first.
        days: How many.
        rain: What the rain is multiplied with.
        rain_mm: What falls on each of its days, whatever the climate says [mm]; 0 = as `rain` says.
        warmer_c: How much warmer it is [°C].
    """

    day: DayNumber
    days: Number
    rain: Factor = 1.0
    rain_mm: Annotated[float, Span(0, 600)] = 0.0
    warmer_c: Annotated[float, Span(-10, 10)] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherPlan:
    """`[weather]`.

    Args:
        recorded: A table of a recorded year beside the scenario (date, tmin_c, tmax_c, rain_mm); empty = made up from
            the site's climate.
        rain: What all rain is multiplied with.
        warmer_c: How much warmer every day is [°C].
        spell: Days of other weather.
    """

    recorded: str = ""
    rain: Factor = 1.0
    warmer_c: Annotated[float, Span(-10, 10)] = 0.0
    spell: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CropPlan:
    """`[crops]`.

    Args:
        plant: What the beds carry, by turns; empty = the site's.
        slower: By what share crops need longer than the table's days.
        yields: What harvests are multiplied with.
    """

    plant: tuple[str, ...] = ()
    slower: Annotated[float, Span(-0.5, 3)] = 0.0
    yields: Factor = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePlan:
    """`[people]`: shares are drawn for each lane between the lowest and the highest, habits are kept.

    Args:
        patience: How much of the available water may be gone before somebody waters.
        forgetful: How often a turn is forgotten.
        silent_weeks: The share of weeks in which nobody types a harvest.
        late: The share of entries that are typed later.
        late_days: How many days later at most [d].
        composts: The share of lanes that compost.
        sells: The share of lanes that sell.
    """

    patience: Annotated[tuple[float, ...], Span(0, 1)] = (0.08, 0.35)
    forgetful: Annotated[tuple[float, ...], Span(0, 1)] = (0.05, 0.25)
    silent_weeks: Share = 0.08
    late: Share = 0.0
    late_days: Number = 3
    composts: Share = 0.7
    sells: Share = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorPlan:
    """`[sensors]`.

    Args:
        measure: What nodes measure: soil, air, rain, health.
        noise_pct: The most that a reading of moisture is off by chance [%VWC].
        offset_pct: The most that a good probe is always off [%VWC].
        silent: The share of readings that a loose plug costs.
        drifting: The share of probes that drift.
        drift_pct_per_day: How fast they do [%VWC/d].
        service_days: How often somebody sets them right [d].
        sticking: The share of probes that hang at times.
        stuck_days: For how long [d].
        stuck_every: How often [d].
        biased: The share of probes that are always off by much.
        bias_pct: By how much [%VWC].
        dying: The share of nodes whose battery dies.
        battery_days: How long it lasts [d].
        dead_days: How long it is dead until somebody charges it [d].
    """

    measure: Annotated[tuple[str, ...], OneOf(MEASURED)] = MEASURED
    noise_pct: Annotated[float, Span(0, 20)] = 0.35
    offset_pct: Annotated[float, Span(0, 20)] = 1.0
    silent: Share = 0.003
    drifting: Share = 0.0
    drift_pct_per_day: Annotated[float, Span(-5, 5)] = 0.12
    service_days: Number = 90
    sticking: Share = 0.0
    stuck_days: Number = 4
    stuck_every: Number = 13
    biased: Share = 0.0
    bias_pct: Annotated[float, Span(-50, 50)] = 8.0
    dying: Share = 0.0
    battery_days: Number = 20
    dead_days: Number = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """`[[network.outage]]`: a time without a connection.

    Args:
        day: The day it begins on, 1 = the scenario's first.
        hour: The local hour it begins at [h].
        hours: How long it takes [h].
        nodes: The share of nodes that it meets.
    """

    day: DayNumber
    hour: Annotated[float, Span(0, 24)] = 0.0
    hours: Annotated[float, Span(0, 24 * 366)]
    nodes: Share = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """`[network]`: what happens to packs between a node and the broker.

    Args:
        gather_minutes: How long a node gathers readings for one pack [min].
        delay_seconds: The longest that a pack is on its way, in the scenario's time [s].
        duplicates: The share of packs that arrive twice.
        reordered: The share of packs that later ones overtake.
        lost: The share of packs that never arrive, and are sent again.
        outage: Times without a connection.
    """

    gather_minutes: Annotated[int, Span(15, 1_440)] = 60
    delay_seconds: Annotated[float, Span(0, 86_400)] = 0.0
    duplicates: Share = 0.0
    reordered: Share = 0.0
    lost: Annotated[float, Span(0, 0.9)] = 0.0
    outage: tuple[Outage, ...] = ()

    @property
    def is_perfect(self) -> bool:
        """Whether nothing ever happens to a pack."""
        return not (self.delay_seconds or self.duplicates or self.reordered or self.lost or self.outage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPlan:
    """`[clocks]`.

    Args:
        wrong: The share of nodes whose clock is wrong and believed.
        ahead_seconds: How far it is ahead [s]; negative = behind.
    """

    wrong: Share = 0.0
    ahead_seconds: Annotated[float, Span(-86_400, 86_400)] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """`[[prices.crisis]]`: a food becomes dear and cheap again.

    Args:
        commodity: The food.
        day: The first day of the rise, 1 = the scenario's first.
        up_days: How long it rises [d].
        peak: How many times its price it comes to.
        down_days: How long it takes to fall back [d].
    """

    commodity: str
    day: DayNumber
    up_days: Number
    peak: Annotated[float, Span(0.01, 100)]
    down_days: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePlan:
    """`[prices]`.

    Args:
        market: The site's market that they are of; empty = its first consumer market that is no stand-in.
        foods: The usual price of each food [IDR per unit]; empty = no prices are made up.
        quotes: How many traders are asked.
        swing: How much a trader's price goes up and down, as a share.
        crisis: Foods that become dear.
        sheets: Whether the site's recorded price sheets are played too.
    """

    market: str = ""
    foods: Prices = field(default_factory=dict)
    quotes: Annotated[int, Span(1, 20)] = 2
    swing: Annotated[float, Span(0, 0.5)] = 0.03
    crisis: tuple[Crisis, ...] = ()
    sheets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """What is simulated; the same seed gives the same readings.

    Args:
        seed: What everything is drawn from.
        begin: Its first local day.
        days: How many days it is made for [d].
        every_minutes: How often sensors are read [min]: 5, 10 or 15.
        about: What it shows.
        lanes: Where.
        weather: Its weather.
        crops: What grows.
        people: What they do and forget.
        sensors: How wrong they are.
        network: What it does to packs.
        clocks: How wrong they are.
        prices: What food costs.
        name: Its file's name.
        source: Its file.
    """

    seed: Annotated[int, Span(0, 10**12)] = 1
    begin: Day
    days: Number = 45
    every_minutes: Annotated[int, OneOf((5, 10, 15))] = PHYSICS_MINUTES
    about: About
    lanes: LanePlan = field(default_factory=LanePlan)
    weather: WeatherPlan = field(default_factory=WeatherPlan)
    crops: CropPlan = field(default_factory=CropPlan)
    people: PeoplePlan = field(default_factory=PeoplePlan)
    sensors: SensorPlan = field(default_factory=SensorPlan)
    network: NetworkPlan = field(default_factory=NetworkPlan)
    clocks: ClockPlan = field(default_factory=ClockPlan)
    prices: PricePlan = field(default_factory=PricePlan)
    name: str = ""
    source: Path = Path()

    @property
    def end(self) -> date:
        """The first local day that is no longer in it."""
        return self.begin + timedelta(days=self.days)


def find(name: str, *, beside: Path = Path()) -> Scenario:
    """A scenario that comes with Lorong, by its name, or one of one's own, by its file's path.

    Args:
        name: Its name, or a path that ends in .toml.
        beside: The folder that a path is seen from.

    Raises:
        UnknownNameError: There is none of that name, or a name in it is unknown; the near ones are offered.
        SettingsError: Its file cannot be read, or a value in it cannot be.
    """
    if name.endswith(".toml"):
        return load(beside / name)
    if not (FOLDER / f"{name}.toml").is_file():
        raise UnknownNameError("scenario", name, shipped())
    return load(FOLDER / f"{name}.toml")


def shipped() -> list[str]:
    """The names of those that come with Lorong."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def load(path: Path) -> Scenario:
    """Read and check a scenario's file, once.

    Raises:
        SettingsError: It cannot be read, or a value in it cannot be.
        UnknownNameError: A key, crop or food in it is unknown.
    """
    tables = read_file(path)
    for key in ("name", "source"):
        if key in tables:
            raise UnknownNameError(f"key in {path.name}", key, set(Scenario.__dataclass_fields__) - {"name", "source"})
    found = read_table(Scenario, {**tables, "name": path.stem}, path.name, given={"source": path})
    _check(found, path.name)
    return found


def _check(scenario: Scenario, file: str) -> None:
    """What one value says about another."""
    for slug in scenario.crops.plant:
        crop(slug)
    for slug in scenario.prices.foods:
        commodity(slug)
    for crisis in scenario.prices.crisis:
        if crisis.commodity not in scenario.prices.foods:
            raise UnknownNameError(f"commodity of a crisis in {file}", crisis.commodity, scenario.prices.foods)
    for name in ("patience", "forgetful"):
        span = getattr(scenario.people, name)
        if len(span) != 2 or span[0] > span[1]:  # noqa: PLR2004  # the lowest and the highest
            raise SettingsError(f"{file}: people.{name} = {list(span)} is no span; write the lowest, then the highest")
    sensors = scenario.sensors
    if (broken := sensors.drifting + sensors.sticking + sensors.biased) > 1:
        raise SettingsError(
            f"{file}: drifting, sticking and biased probes are {broken:g} of all; a probe has one fault, so write at "
            "most 1 together"
        )
    if sensors.stuck_days > sensors.stuck_every:
        raise SettingsError(
            f"{file}: sensors.stuck_days = {sensors.stuck_days} is more than stuck_every = {sensors.stuck_every}; a "
            "probe hangs for a part of the time"
        )
    if scenario.lanes.names and scenario.lanes.count:
        raise SettingsError(f"{file}: lanes.names and lanes.count both say which; leave one out")
