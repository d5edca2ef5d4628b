"""What holds for all tests: Hypothesis judges by what it finds, never by the clock of a busy machine."""

from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")
