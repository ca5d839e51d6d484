"""A plugin of pytest: how the properties of hypothesis are tried.

The profile ``ci`` takes the same examples each time, so that a failure says something of the
change and a pass can be repeated. ``bin/test --long`` (``WATER_LONG``) takes ``long``: other
examples each time, as many times more of them, even where a test asks for the same ones.
"""

import os

from hypothesis import settings

#: How many times the examples of a test are tried in the long form.
TIMES = 20

settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, database=None, max_examples=100
)
settings.register_profile(
    "long", derandomize=False, deadline=None, print_blob=True, max_examples=100 * TIMES
)
IS_LONG = bool(os.environ.get("WATER_LONG"))
settings.load_profile("long" if IS_LONG else "ci")
OWN = "_hypothesis_internal_use_settings"


def pytest_collection_modifyitems(items):
    """In the long form, give every property more examples, and not the same ones each time."""
    done = set()
    for item in items if IS_LONG else ():
        function = getattr(item.obj, "__func__", item.obj)
        own = getattr(function, OWN, None)
        if own is None or id(function) in done:
            continue
        done.add(id(function))
        many = own.max_examples * TIMES
        more = settings(own, max_examples=many, derandomize=False, print_blob=True)
        setattr(function, OWN, more)
