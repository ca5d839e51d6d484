"""Prepare the database for uninstalling complaints."""

from odoo.addons.water_service_desk.base.uninstall import forget


def forget_complaints(env):
    """Delete the rows that belong to complaints: clocks, events and messages.

    A link row needs a case; without its complaint it would have none, and every later upgrade of
    the desk would fail.
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
