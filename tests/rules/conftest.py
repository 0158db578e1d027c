"""Properties of the rules are checked without a stopwatch."""

from hypothesis import settings

# A busy machine is no reason for a rule to be called wrong.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
