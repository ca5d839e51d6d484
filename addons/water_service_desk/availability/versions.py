"""Holds our work while program and tables have different versions.

The old program goes on while the tables are upgraded, or a new one is started before. It would
write values that the other one does not understand, or use columns that are missing.
"""

import logging

import psycopg2

from odoo.modules.module import Manifest

from odoo.addons.base.models.ir_cron import IrCron

_logger = logging.getLogger(__name__)

#: Addons of this product; addons above add themselves.
ADDONS = ["water_service_desk"]
#: Classes of PostgreSQL's codes that tell of a column, table or function that is not there.
UNKNOWN = ("42703", "42P01", "42883")


def apart(cr):
    """Return ``(addon, version of its tables, version of the program)`` of those that differ.

    Tables are asked past the models, whose columns may be the ones that are missing.
    """
    cr.execute(
        "SELECT name, latest_version FROM ir_module_module WHERE name IN %s"
        " AND state IN ('installed', 'to upgrade') ORDER BY name",
        [tuple(ADDONS)],
    )
    pairs = [(name, tables, _version(name)) for name, tables in cr.fetchall()]
    return [row for row in pairs if row[1] != row[2]]


def _version(addon):
    manifest = Manifest.for_addon(addon, display_warning=False)
    return manifest.version if manifest else "none"


def told(database, rows):
    """Log the addons with different versions, and what to do; return their names."""
    for name, tables, program in rows:
        _logger.warning(
            "Database %s has the tables of %s %s, the program is of %s: upgrade it by"
            " odoo -u %s, or start the program of its version. Until then %s does nothing.",
            *(database, name, tables, program, name, name),
        )
    return rows


def is_unknown(error):
    """Tell whether ``error`` is about something that the tables do not have."""
    return isinstance(error, psycopg2.Error) and error.pgcode in UNKNOWN


def _without_ours(ready):
    def jobs(cr):
        found = ready(cr)
        if not found or not told(cr.dbname, apart(cr)):
            return found
        cr.execute(
            "SELECT act.id FROM ir_act_server act JOIN ir_model model ON model.id = act.model_id"
            " WHERE model.model LIKE 'water.%'"
        )
        ours = {number for (number,) in cr.fetchall()}
        return [job for job in found if job["ir_actions_server_id"] not in ours]

    jobs.__wrapped__ = ready
    return jobs


def install():
    """Have scheduled actions of ours wait, once."""
    if not hasattr(IrCron._get_all_ready_jobs, "__wrapped__"):
        IrCron._get_all_ready_jobs = staticmethod(_without_ours(IrCron._get_all_ready_jobs))
