"""What every property here asks of hypothesis: examples that take their time and share one test's folders."""

from typing import Any

from hypothesis import HealthCheck

SETTINGS: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture,
    ],
}  # fmt: skip
