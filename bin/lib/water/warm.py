"""A plugin of pytest: tests keep what Odoo has worked out until something declares it changed.

Odoo's tests forget after each one all that is cached of the database: rules, views, compiled
templates. A server that rolls a transaction back forgets what that transaction declared as changed,
and so it is here: faster, and a declaration that is missing is missed by tests as it is by users.
Stylesheets are compiled once in each process, for each company that a test makes changes them.
"""

from unittest.mock import patch

import pytest


@pytest.fixture(scope="session", autouse=True)
def keep_warm():
    """Put both in place for all tests of the process."""
    from odoo.tests.common import TransactionCase

    from odoo.addons.base.models.assetsbundle import ScssStylesheetAsset

    with (
        patch.object(ScssStylesheetAsset, "compile", _once(ScssStylesheetAsset.compile)),
        patch.object(TransactionCase, "setUp", _forgetting_less(TransactionCase.setUp)),
    ):
        yield


def _once(compile_):
    compiled = {}

    def compile_once(asset, source):
        key = type(asset), source
        if key not in compiled:
            compiled[key] = compile_(asset, source)
        return compiled[key]

    return compile_once


def _forgetting_less(set_up):
    from odoo.orm.registry import Registry

    clear = Registry.clear_cache

    def set_up_test(test):
        changed = _note_changes(test, Registry)
        # setUp hands it over to be called after the test
        kept = patch.object(
            test.registry, "clear_all_caches", lambda: _forget(test, changed, clear)
        )
        with kept:
            set_up(test)

    return set_up_test


def _note_changes(test, registries):
    """Return the set of caches that are declared as changed during a test, as it grows."""
    from odoo.orm.registry import _CACHES_BY_KEY

    changed = set()
    for name, default in {"clear_cache": ["default"], "clear_all_caches": _CACHES_BY_KEY}.items():
        patcher = patch.object(
            registries, name, _noting(getattr(registries, name), changed, default)
        )
        patcher.start()
        test.addCleanup(patcher.stop)
    return changed


def _noting(method, changed, default):
    def noting(registry, *names):
        changed.update(names or default)
        return method(registry, *names)

    return noting


def _forget(test, changed, clear):
    if changed:
        clear(test.registry, *changed)
