from odoo import api, fields, models
from odoo.fields import Domain

from .resource_calendar import CHINA

OFFICE = "water_service_desk.calendar_office"
DESK = "water_service_desk.department_csc"


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
    water_extension_times = fields.Integer(
        string="Extensions of a Limit",
        default=1,
        help="How often one time limit may be extended; 0: never. Once, by the published promise of"
        " a water company (C14).",
    )
    water_extension_days = fields.Integer(
        string="Longest Extended Limit",
        default=15,
        help="Working days from its start to which a time limit may be extended; the time it stood"
        " still comes on top. 15, by the published promise of a water company (C14: special cases"
        " within 15 working days).",
    )
    water_desk_head_id = fields.Many2one(
        "res.users",
        string="Head of Customer Service",
        help="Hears in place of a head where no department, or one without a head, has the case.",
    )
    water_vice_president_id = fields.Many2one(
        "res.users",
        string="Executive in Charge of Service",
        help="Is informed where the department has no executive in charge of its own, or there is"
        " none yet.",
    )
    water_general_manager_id = fields.Many2one(
        "res.users", string="General Manager", help="Top of the escalation ladder."
    )

    _water_extensions_sane = models.Constraint(
        "CHECK (water_extension_times >= 0 AND water_extension_days BETWEEN 1 AND 750)",
        "Allow no negative number of extensions, and 1 to 750 working days in all.",
    )

    def _water_asked_user(self):
        head = self.water_desk_head_id
        # sudo: res.users - whether the head still works for the company is no secret
        user = head.sudo()
        if user.active and self in user.company_ids:
            return head
        return super()._water_asked_user()

    def _water_desk_departments(self):
        # sudo: water.department - people on call for the desk, for every user who registers a case
        departments = self.env["water.department"].sudo()
        own = [("company_id", "in", (False, self.id))]
        head = self.sudo().water_desk_head_id
        led = head and departments.search([*own, ("manager_id", "=", head.id)])
        shipped = departments.search(
            [*own, ("id", "=", self.env["ir.model.data"]._xmlid_to_res_id(DESK))]
        )
        return led or shipped

    @api.constrains("water_calendar_id")
    def _check_water_calendar(self):
        self.water_calendar_id._check_has_hours()

    def _water_calendar(self):
        """The calendar of clocks without one of their own."""
        self.ensure_one()
        if self.water_calendar_id:
            return self.water_calendar_id
        # by the country of its own record: Odoo looks through the addresses of its contacts too
        if self.sudo().partner_id.country_id.code not in (False, CHINA):
            return self.resource_calendar_id
        # asked once for each case and mail: whether it exists is not, for its name goes with it
        office = self.env["ir.model.data"]._xmlid_to_res_id(OFFICE)
        return self.resource_calendar_id.browse(office) or self.resource_calendar_id

    def _water_tz(self):
        # sudo: resource.calendar, res.partner - the names of their time zones alone
        company = self.sudo()
        return company._water_calendar().tz or company.partner_id.tz or "UTC"

    def _water_reader_tz(self):
        """Return the time zone in which the reader types moments: staff their own.

        Odoo takes a customer's zone from the browser of the first sign-in, which may be anywhere.
        """
        user = self.env.user
        return (user._is_internal() and user.tz) or self._water_tz()

    def _water_today(self, at=None):
        """Return the day it is where the company works; without a company the present one.

        :param at: naive UTC moment, by default now
        """
        company = self[:1] or self.env.company
        return fields.Date.context_today(company.with_context(tz=company._water_tz()), at)

    @api.model
    def _water_each_day(self, link, build):
        companies = self.sudo().with_context(active_test=False).search(Domain.TRUE)
        days = companies.grouped(lambda company: company._water_today())
        if len(days) == 1:
            return build(*days)
        parts = [Domain(link, "in", rows.ids) & build(day) for day, rows in days.items()]
        shared = Domain(link, "=", False) & build(self.env.company._water_today())
        return Domain.OR([*parts, shared])

    @api.model
    def _water_install_defaults(self):
        office = self.env.ref(OFFICE)
        companies = self.search([("water_calendar_id", "=", False)])
        companies.filtered(lambda company: company.country_code == CHINA).water_calendar_id = office

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.water_calendar_id._water_load_holidays()
        return companies

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() & {"water_calendar_id", "country_id", "partner_id"}:
            self.water_calendar_id._water_load_holidays()
        return done
