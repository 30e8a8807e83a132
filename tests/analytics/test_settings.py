"""Settings come from the file's section, with defaults, and a misspelt key is named."""

from __future__ import annotations

import pytest

from analytics.settings import AnalyticsSettings
from commons.errors import UnknownNameError
from commons.settings import section


def test_every_key_has_a_default() -> None:
    assert section(AnalyticsSettings, "analytics", {}, {}) == AnalyticsSettings()
    assert AnalyticsSettings().settle_seconds == 60


def test_indicators_may_be_named_in_the_environment() -> None:
    found = section(AnalyticsSettings, "analytics", {}, {"LORONG_ANALYTICS__INDICATORS": "soil_state,price_index"})

    assert found.indicators == ("soil_state", "price_index")


def test_a_misspelt_key_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"every_second.*every_seconds"):
        section(AnalyticsSettings, "analytics", {"analytics": {"every_second": 5}}, {})
