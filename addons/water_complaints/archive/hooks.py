"""What is done to a database before complaints go."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_complaints(env):
    """Leave nothing of complaints behind: their clocks, events and messages go as well.

    What belongs to a case must belong to one; without its complaint it would belong to none, and
    every later upgrade of the desk would fail.
    """
    heirs = sorted(env.registry.descendants(["water.case.link.mixin"], "_inherit"))
    links = [
        (name, "complaint_id")
        for name in heirs
        if env[name]._auto and env[name]._fields["complaint_id"].column_type
    ]
    links.append(("water.message", "incident_contact_id"))  # told of an outage, without a case
    forget(
        env,
        "water_complaints",
        functions=["water_text_vector"],
        links=links,
        sequences=["water.archive"],
    )
