from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.true_only import true_only


class WaterSocialSupervisor(models.Model):
    """A citizen appointed by the company to watch its service (社会监督员; S2.2.2).

    During the term social supervisors hand in observations in the portal and read the answers; they
    see no other records.
    """

    _name = "water.social.supervisor"
    _inherit = ["water.never.deleted.mixin", "water.mixin"]
    _description = "Social Supervisor"
    _order = "ends_on desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    number = fields.Char(string="Letter of Appointment", help="Number of the letter, if any.")
    starts_on = fields.Date(
        string="Term Begins", required=True, default=lambda self: self.env.company._water_today()
    )
    ends_on = fields.Date(string="Term Ends", required=True, index=True)
    zone_ids = fields.Many2many("water.zone", string="Supply Zones", help="Empty: all of them.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    note = fields.Text(help="Where the person comes from, such as the residents' committee.")
    finding_ids = fields.One2many(
        "water.supervision.finding",
        "supervisor_id",
        string="Findings Handed In",
        readonly=True,
    )
    finding_count = fields.Integer(string="Number of Findings", compute="_compute_finding_count")
    is_serving = fields.Boolean(
        string="In Office", compute="_compute_is_serving", search="_search_is_serving"
    )

    _term_sane = models.Constraint("CHECK (ends_on >= starts_on)", "The term ends after it begins.")

    @api.depends("finding_ids")
    def _compute_finding_count(self):
        for row in self:
            row.finding_count = len(row.finding_ids)

    @api.depends("starts_on", "ends_on")
    def _compute_is_serving(self):
        for row in self:
            today = row.company_id._water_today()
            term = row.starts_on and row.ends_on
            row.is_serving = bool(term) and row.starts_on <= today <= row.ends_on

    @api.model
    @true_only
    def _search_is_serving(self):
        parts = []
        # sudo: res.company - each company's own day
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            today = company._water_today()
            here = Domain("company_id", "=", company.id)
            parts.append(here & Domain("starts_on", "<=", today) & Domain("ends_on", ">=", today))
        return Domain.OR(parts)

    @api.constrains("partner_id", "starts_on", "ends_on", "company_id")
    def _check_term(self):
        # sudo: res.partner - unchanged; concurrent appointments must collide
        force_conflict(self.sudo().partner_id)
        for row in self:
            others = self.search(
                [
                    ("id", "!=", row.id),
                    ("partner_id", "=", row.partner_id.id),
                    ("company_id", "=", row.company_id.id),
                    ("starts_on", "<=", row.ends_on),
                    ("ends_on", ">=", row.starts_on),
                ],
                limit=1,
            )
            if others:
                raise ValidationError(self.env._("This person is appointed for these days."))

    @api.constrains("partner_id")
    def _check_outsider(self):
        for row in self.sudo():
            if any(user._is_internal() for user in row.partner_id.user_ids):
                raise ValidationError(
                    self.env._("A social supervisor cannot be a member of staff.")
                )

    @api.model
    def _serving(self, partner):
        """Return the appointment in force of ``partner`` with sudo, or an empty recordset."""
        # sudo: water.social.supervisor - the signed-in person's own
        mine = Domain("partner_id", "=", partner.id) & Domain("is_serving", "=", True)
        return self.sudo().search(mine, limit=1) if partner else self.sudo().browse()

    def action_invite(self):
        """Open Odoo's dialog that gives the person a login of the customer's pages.

        :raises UserError: without an e-mail address
        """
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id.email:
            raise UserError(self.env._("Enter the person's e-mail address first."))
        action = self.env["ir.actions.act_window"]._for_xml_id("portal.partner_wizard_action")
        return {**action, "context": {"active_ids": self.partner_id.ids}}
