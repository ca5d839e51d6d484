"""What is done to a database before compensation goes."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_compensation(env):
    """Leave nothing of compensations behind; what was booked stays in the books."""
    forget(env, "water_compensation")
