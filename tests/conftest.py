"""Settings of the tests."""

from hypothesis import settings

# A test fails because something is wrong, never because a machine is busy.
settings.register_profile("shapelens", deadline=None)
settings.load_profile("shapelens")
