from odoo import api, fields, models

from ...base.moments import DEFAULT_TZ


class ResCompany(models.Model):
    """Office hours, pauses, and the top of the escalation ladder."""

    _inherit = "res.company"

    water_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Office Hours",
        help="Working time of clocks whose standard names no calendar of its own.",
    )
    water_pause_days = fields.Integer(
        string="Pause without Approval",
        default=2,
        help="Days for which a clock may be paused before a supervisor has to approve.",
    )
    water_desk_head_id = fields.Many2one(
        "res.users",
        string="Head of Customer Service",
        help="Hears in place of a head where no department, or one without a head, has the case.",
    )
    water_vice_president_id = fields.Many2one(
        "res.users",
        string="Vice President in Charge of Service",
        help="Hears where the department has no vice president of its own, or there is none yet.",
    )
    water_general_manager_id = fields.Many2one(
        "res.users", string="General Manager", help="Top of the escalation ladder."
    )

    @api.constrains("water_calendar_id")
    def _check_water_calendar(self):
        self.water_calendar_id._check_has_hours()

    def _water_calendar(self):
        """The calendar of clocks without one of their own."""
        self.ensure_one()
        if self.water_calendar_id:  # asked once per mail: the look-up below costs a query
            return self.water_calendar_id
        office = self.env.ref("water_service_desk.calendar_office", raise_if_not_found=False)
        return office or self.resource_calendar_id

    def _water_tz(self):
        """Name of the time zone by whose clock the company works."""
        # sudo: resource.calendar - the name of its time zone alone
        return self.sudo()._water_calendar().tz or DEFAULT_TZ

    @api.model
    def _water_install_defaults(self):
        """Give every company that has none the office calendar (called by data)."""
        office = self.env.ref("water_service_desk.calendar_office")
        self.search([("water_calendar_id", "=", False)]).water_calendar_id = office
