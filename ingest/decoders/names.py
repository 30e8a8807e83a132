"""What people call a quantity, in topics and keys, and which field of the catalogue it is."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"soil_?(moisture|humidity|vwc|water)|vwc|water_soil|moisture|moist|moi|kelembapan_tanah", "soil.moisture"),
    (r"soil_?temp(erature)?|temp_soil|suhu_tanah", "soil.temperature"),
    (r"(soil_?)?(ec|conductivity|fertility|conduct(_soil)?)|fer", "soil.ec"),
    (r"(soil_?)?(raw|adc|a0|ad_raw)", "soil.raw"),
    (r"soil", "soil.moisture"),
    (r"(air_?)?temp(erature|c)?|suhu(_udara)?", "air.temperature"),
    (r"(air_?|relative_?)?hum(idity)?|rh|kelembapan(_udara)?", "air.humidity"),
    (r"(air_?|barometric_?|atmospheric_?)?press(ure)?|baro(meter)?|tekanan(_udara)?", "air.pressure"),
    (r"light|lux|illuminance(_lux)?|luminance|brightness|cahaya", "air.light"),
    (r"battery(_level|_percent)?|batt|baterai", "health.battery"),
    (r"battery_?(voltage|v)|bat_?v|volt(age)?", "health.voltage"),
    (r"rssi|signal(_strength)?|wifi_signal", "health.signal"),
    (r"rain_?(total|mm)|total_rain", "rain.total"),
)
"""Regular expressions over a name in small letters with underscores; the first that fits the whole name counts."""

_KNOWN: Final = tuple((re.compile(words), field) for words, field in _WORDS)


def field_of(name: str) -> str | None:
    """The field of the catalogue that a name means, or None.

    Examples:
        >>> field_of("Soil Moisture")
        'soil.moisture'
        >>> field_of("wifi-signal")
        'health.signal'
        >>> field_of("uptime") is None
        True
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return next((field for words, field in _KNOWN if words.fullmatch(plain)), None)
