"""How the tests are run: the same examples every time in CI, new ones at a desk, many with GOODSTANDING_EXAMPLES=2000."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
if examples := os.environ.get("GOODSTANDING_EXAMPLES"):
    settings.register_profile(
        "many", deadline=None, max_examples=int(examples), suppress_health_check=[HealthCheck.filter_too_much]
    )
    settings.load_profile("many")
else:
    settings.load_profile("ci" if os.environ.get("CI") else "desk")
