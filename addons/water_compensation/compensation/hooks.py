"""Clean up the database before water_compensation is uninstalled."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_compensation(env):
    """Delete everything about compensations except entries in the books.

    The history of settings about money is deleted too: a change that waits for a second person
    would name a model that no longer exists.
    """
    env.cr.execute(
        "DELETE FROM water_setting_change"
        " WHERE model LIKE 'water.compensation.%' OR model = 'res.company'"
    )
    # keep the cases of the demo data: people may have worked on them
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'water_compensation'"
        " AND model IN ('water.complaint', 'water.incident')"
    )
    forget(env, "water_compensation")
