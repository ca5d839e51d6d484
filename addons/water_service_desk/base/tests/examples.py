"""Hypothesis, whose examples some tests are tried with, or what stands for it where it is missing.

A partner's server has no need of it. Without it these tests alone are skipped; Odoo's runner loads
all test modules of an addon at once, and would run none of them.
"""

from unittest import SkipTest, skip

try:
    from hypothesis import HealthCheck, Phase, core, given, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        RuleBasedStateMachine,
        initialize,
        rule,
        run_state_machine_as_test,
    )
except ImportError:

    class _Anything:
        """Required by hypothesis, never used."""

        def __call__(self, *_args, **_options):
            return self

        def __getattr__(self, _name):
            return self

    HealthCheck = Phase = core = st = _Anything()
    RuleBasedStateMachine = object

    def given(*_strategies, **_named):
        """Skip the test."""
        return skip("hypothesis is not installed")

    def settings(**_options):
        """Leave the test as it is."""
        return lambda test: test

    def rule(**_strategies):
        """Leave the step of a machine as it is."""
        return lambda step: step

    initialize = rule

    def run_state_machine_as_test(*_machine, **_options):
        """Skip the test."""
        raise SkipTest("hypothesis is not installed")
