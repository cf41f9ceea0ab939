"""How the whole suite runs: hypothesis profiles, and a cache of compiled rules that all processes share."""

import os

from hypothesis import HealthCheck, settings

# No deadlines: a busy machine must not fail a property that holds.
# CI repeats the same examples, so that a change is judged by what it changed; everywhere else each run tries new ones.
settings.register_profile(
    "default",
    deadline=None,
    max_examples=60,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
