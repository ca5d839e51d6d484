from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

OPEN_STATES = ("planned", "running")


class WaterInvestigation(models.Model):
    """One way of finding out what happened (S3.2.2b): a survey on site, a query of data, a check
    of documents. A complaint may have several, by several departments.
    """

    _name = "water.investigation"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _description = "Investigation"
    _order = "planned_at desc, id desc"
    _rec_name = "purpose"
    _check_company_auto = True

    purpose = fields.Char(string="What Is to Be Found Out", required=True)
    method = fields.Selection(
        [
            ("site", "Site survey"),
            ("data", "Data query"),
            ("document", "Document check"),
        ],
        required=True,
        default="site",
        index=True,
    )
    investigator_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.uid,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    department_id = fields.Many2one(
        "water.department", index=True, ondelete="restrict", check_company=True
    )
    visit_id = fields.Many2one(
        "water.visit",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id)]",
        help="The appointment at the customer's place at which it is done.",
    )
    planned_at = fields.Datetime(default=fields.Datetime.now, required=True)
    started_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    finding = fields.Text(string="What It Showed", copy=False)
    state = fields.Selection(
        [
            ("planned", "Scheduled"),
            ("running", "Under way"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="planned",
        index=True,
        copy=False,
        group_expand=True,
    )
    evidence_ids = fields.One2many("water.evidence", "investigation_id", readonly=True)
    evidence_count = fields.Integer(
        string="Number of Pieces of Evidence", compute="_compute_evidence_count"
    )
    can_work = fields.Boolean(compute="_compute_can_work", export_string_translation=False)

    @api.depends("evidence_ids")
    def _compute_evidence_count(self):
        for row in self:
            row.evidence_count = len(row.evidence_ids)

    @api.depends("state", "department_id", "investigator_id")
    @api.depends_context("uid")
    def _compute_can_work(self):
        for row in self:
            row.can_work = row.state in OPEN_STATES and row._may_work()

    @api.model_create_multi
    def create(self, vals_list):
        """Use the department of the planning user for the investigation."""
        for vals in vals_list:
            if not vals.get("department_id") and not self.env.su:
                given = vals.get("complaint_id")
                case = self.env["water.complaint"].browse(given if isinstance(given, int) else [])
                vals["department_id"] = case._speaks_for(self.env.user).id
        rows = super().create(vals_list)
        rows._check_department()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"department_id", "investigator_id", "visit_id"} & vals.keys():
            self._check_department()
        return result

    def _check_department(self):
        """A department investigates for itself, at its own visits, by people who may see it."""
        for row in self:
            if not row._may_work():
                raise AccessError(
                    self.env._(
                        "This is for people of %(department)s.",
                        department=row.sudo().department_id.name,
                    )
                )
            if row.visit_id and row.visit_id.sudo().complaint_id != row.complaint_id:
                raise UserError(self.env._("The visit belongs to another case."))
            if row.investigator_id in row.complaint_id.sudo()._concerned():
                raise UserError(
                    self.env._(
                        "%s is concerned by the complaint and does not investigate it.",
                        row.investigator_id.name,
                    )
                )

    def _may_work(self):
        user = self.env.user
        return (
            self.env.su
            or user.has_group(SUPERVISOR)
            or user == self.investigator_id
            or not self.department_id
            or self.department_id in user.water_department_ids
        )

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        for row in self:
            if row.state not in OPEN_STATES:
                raise UserError(self.env._("This investigation is over and not changed any more."))
            if not row._may_work():
                raise AccessError(
                    self.env._(
                        "This is for people of %(department)s.", department=row.department_id.name
                    )
                )

    # -- steps ----------------------------------------------------------------------------

    def action_start(self):
        """Start the investigation."""
        self._check_turn("planned")
        trusted(self).write({"state": "running", "started_at": fields.Datetime.now()})
        self._log("investigation_started")
        return True

    def action_done(self):
        """Finish the investigation with its result.

        :raises UserError: without a result
        """
        self._check_turn(*OPEN_STATES)
        now = fields.Datetime.now()
        for row in self:
            if not strip_invisible(row.finding):
                words = self.env._("Write down what the investigation showed.")
                raise Refusal(row.display_name, row, [Missing(words, "finding")])
            started = row.started_at or now
            trusted(row).write({"state": "done", "started_at": started, "done_at": now})
            row.complaint_id._keep_shown(row.finding)
        self._log("investigation_done")
        return True

    def action_cancel(self):
        """Cancel the investigation."""
        self._check_turn(*OPEN_STATES)
        trusted(self).write({"state": "cancelled"})
        self._log("investigation_cancelled")
        return True

    def _check_turn(self, *states):
        self.check_access("write")
        self._check_by_hand(())
        for row in self:
            if row.state not in states:
                raise UserError(self.env._("“%s” is past this step.", row.display_name))

    def _log(self, kind):
        for row in self:
            row.complaint_id._log_events(kind, row._payload())

    def _payload(self):
        return {
            "purpose": self.purpose,
            "method": self.method,
            "investigator": self.investigator_id.sudo().name,
            "department": self.department_id.sudo().code or "",
            "finding": self.finding or "",
        }

    def action_add_evidence(self):
        """Open the form of a new piece of evidence of this investigation."""
        self.ensure_one()
        action = self.complaint_id.action_add_evidence()
        action["context"]["default_investigation_id"] = self.id
        return action
