"""Clean up the database before water_quality is uninstalled."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_quality(env):
    """Delete everything about figures, inspections and assessments."""
    forget(env, "water_quality")
