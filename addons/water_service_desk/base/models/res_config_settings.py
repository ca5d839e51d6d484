from odoo import api, fields, models

#: How the fields begin that say which parts of the service a company uses.
SWITCH = "group_water_use_"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_hotline = fields.Char(related="company_id.water_hotline", readonly=False)

    # -- scope ---------------------------------------------------------------------------------

    water_scope = fields.Selection(
        [("small", "Small"), ("full", "Full"), ("chosen", "As Chosen Below")],
        string="Scope",
        compute="_compute_water_scope",
        readonly=False,
    )
    group_water_use_orders = fields.Boolean(
        "Orders of 12345 and Other Bodies", implied_group="water_service_desk.group_use_orders"
    )
    group_water_use_sign_off = fields.Boolean(
        "Sign-off", implied_group="water_service_desk.group_use_sign_off"
    )
    group_water_use_queues = fields.Boolean(
        "Queues and Shifts", implied_group="water_service_desk.group_use_queues"
    )
    group_water_use_playbooks = fields.Boolean(
        "Playbooks", implied_group="water_service_desk.group_use_playbooks"
    )
    group_water_use_progress_news = fields.Boolean(
        "Progress News", implied_group="water_service_desk.group_use_progress_news"
    )
    group_water_use_delegation = fields.Boolean(
        "Delegation", implied_group="water_service_desk.group_use_delegation"
    )
    group_water_use_telephony = fields.Boolean(
        "Telephone Interface", implied_group="water_service_desk.group_use_telephony"
    )
    group_water_use_second_factor = fields.Boolean(
        "Second Factor", implied_group="water_service_desk.group_use_second_factor"
    )
    group_water_use_anchors = fields.Boolean(
        "Anchors", implied_group="water_service_desk.group_use_anchors"
    )
    group_water_use_details = fields.Boolean(
        "Detailed Configuration",
        group="water_service_desk.group_manager",
        implied_group="water_service_desk.group_use_details",
    )

    @api.model
    def _water_switches(self):
        return [name for name in self._fields if name.startswith(SWITCH)]

    @api.depends(lambda self: self._water_switches())
    def _compute_water_scope(self):
        names = self._water_switches()
        for settings in self:
            used = [settings[name] for name in names]
            settings.water_scope = "full" if all(used) else "chosen" if any(used) else "small"

    @api.onchange("water_scope")
    def _onchange_water_scope(self):
        if self.water_scope in ("small", "full"):
            self.update(dict.fromkeys(self._water_switches(), self.water_scope == "full"))

    def set_values(self):
        """Save the settings; leaving parts out answers the checklist's question for the scope."""
        scope = self.water_scope
        super().set_values()
        if scope != "full":
            self.env["water.setup"]._keep_scope(scope)
