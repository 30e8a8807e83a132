"""Rain that reaches the roots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.methods.rain import effective_rain_daily, effective_rain_monthly


def test_a_light_rain_dries_off_and_a_heavier_one_reaches_the_roots() -> None:
    assert effective_rain_daily([0.5, 0.6, 0.7], [1.6, 2.7, 3.8], share=0.8) == pytest.approx([0.4, 0.48, 0.0])
    assert effective_rain_daily(0.76, 3.8) == 0.76


@given(st.floats(0, 1000), st.floats(0, 100))
def test_more_rain_in_a_month_is_never_less_use_and_never_more_than_fell(rain: float, more: float) -> None:
    used = effective_rain_monthly(rain)

    assert used <= effective_rain_monthly(rain + more) + 1e-9
    assert used <= rain + 1e-9


def test_missing_stays_missing_and_negative_rain_is_refused() -> None:
    assert np.isnan(effective_rain_daily([np.nan, 5.0], [1.0, np.nan])).all()
    assert np.isnan(effective_rain_monthly(np.nan))
    with pytest.raises(ValueError, match="0 or more"):
        effective_rain_daily(-1, 1)
    with pytest.raises(ValueError, match="0 or more"):
        effective_rain_monthly(-1)
