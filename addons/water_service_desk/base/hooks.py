"""What is done to a database before the addon is installed, and before it goes."""

import logging

from psycopg2 import Error

from odoo.modules.db import has_trigram

from .uninstall import forget

_logger = logging.getLogger(__name__)


def have_trigrams(env):
    """Have the database index parts of words, as Odoo does for those that it creates itself.

    Without the extension Odoo leaves every index for such a search out, and says nothing. It looks
    for the extension once, before this addon is there.
    """
    try:
        with env.cr.savepoint(flush=False):
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except Error as error:
        _logger.warning("Searches for parts of words will be slow: %s", error)
    env.registry.has_trigram = has_trigram(env.cr)


def forget_desk(env):
    """Leave nothing of the desk behind (the index of parts of words may serve others)."""
    env["water.outgoing"]._forget()
    forget(
        env,
        "water_service_desk",
        functions=["water_search_vector"],
        indexes=["res_partner__phone_sanitized_index"],
    )
