"""What is done to a database before compensation goes."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_compensation(env):
    """Leave nothing of compensations behind; what was booked stays in the books.

    The history of settings goes as far as it is about money: whatever waits for a second person
    would name a model that is no longer there.
    """
    env.cr.execute(
        "DELETE FROM water_setting_change"
        " WHERE model LIKE 'water.compensation.%' OR model = 'res.company'"
    )
    # cases of the demo data stay with complaints: others have worked on them since
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = 'water_compensation'"
        " AND model IN ('water.complaint', 'water.incident')"
    )
    forget(env, "water_compensation")
