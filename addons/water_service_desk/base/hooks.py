"""Prepares the database for the installation and removal of the addon."""

import logging

from psycopg2 import Error

from odoo.modules.db import has_trigram

from .uninstall import forget

_logger = logging.getLogger(__name__)


def have_trigrams(env):
    """Create the extension for indexes on parts of words, as Odoo does in its own databases.

    Without the extension Odoo silently skips such indexes. It checks once, before this addon is
    installed.
    """
    try:
        with env.cr.savepoint(flush=False):
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except Error as error:
        _logger.warning("Searches for parts of words will be slow: %s", error)
    env.registry.has_trigram = has_trigram(env.cr)


def forget_desk(env):
    """Remove all traces of the desk (the extension may serve others)."""
    env["water.outgoing"]._forget()
    forget(
        env,
        "water_service_desk",
        functions=["water_search_vector"],
        indexes=["res_partner__phone_sanitized_index"],
    )
