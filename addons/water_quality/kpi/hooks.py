"""What is done to a database before figures and quality go."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_quality(env):
    """Leave nothing of figures, inspections and assessments behind."""
    forget(env, "water_quality")
