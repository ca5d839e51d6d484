from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.births import AGAIN
from odoo.addons.water_service_desk.case.transitions import Missing, Move

#: What makes a complaint a major one (E2).
KINDS = ("major_media", "major_injury", "major_group", "major_legal")


class WaterComplaint(models.Model):
    """A major complaint (重大投诉) is reported to the vice-president before it is handled (E2)."""

    _inherit = "water.complaint"

    _reactions = dict.fromkeys(KINDS, ("_on_major",))
    _goes_along = dict.fromkeys(KINDS, (AGAIN,))
    _transitions = {
        ("registered", "investigating"): Move(needs=("_need_report",)),
        ("dispatched", "investigating"): Move(needs=("_need_report",)),
    }

    major_media = fields.Boolean(string="Media", copy=False)
    major_injury = fields.Boolean(string="Injury", copy=False)
    major_group = fields.Boolean(string="Group of People", copy=False)
    major_legal = fields.Boolean(string="Legal Action", copy=False)
    is_major = fields.Boolean(
        string="Major Complaint", compute="_compute_is_major", store=True, copy=False, tracking=True
    )
    major_reported_at = fields.Datetime(string="Reported on", readonly=True, copy=False)
    major_reported_to_id = fields.Many2one(
        "res.users", string="Reported to", readonly=True, copy=False
    )
    major_report_note = fields.Text(string="Report and Orders", readonly=True, copy=False)

    _major_idx = models.Index("(id) WHERE is_major IS TRUE")

    @api.depends(*KINDS)
    def _compute_is_major(self):
        for case in self:
            case.is_major = any(case[kind] for kind in KINDS)

    def _mark_major(self, reason=None):
        """Keep it in the chain, and tell those who have to report it."""
        self._log_events(
            "major_marked",
            {
                case.id: {
                    "note": case._major_label(),
                    **({"reason": reason} if reason else {}),
                }
                for case in self
            },
        )
        for case in self.filtered(lambda row: row.is_major and not row.major_reported_at):
            case._tell_major()

    def _major_label(self):
        names = [self._fields[kind]._description_string(self.env) for kind in KINDS if self[kind]]
        return format_list(self.env, names)

    def _tell_major(self):
        case = self.sudo()
        people = case._vice_president() | case._acting_responsible() | case._desk_supervisors()
        tell_staff(
            case,
            people - case._people_concerned(),
            lambda row: row.env._(
                "%s is a major complaint: report it before it is handled", row.name
            ),
            lambda row: Markup("%s<br/>%s") % (row._staff_line(), row._major_label()),
        )

    # -- the report ---------------------------------------------------------------------------

    def _need_report(self):
        if not self.is_major or self.major_reported_at:
            return []
        words = self.env._(
            "report it to the executive in charge first and record what was ordered"
            " (button “Report to the Management”)"
        )
        return [Missing(words, "action_report")]

    def action_report(self):
        """Open the dialog that records the report to the management (E2)."""
        self.ensure_one()
        return self._dialog("water.report.wizard", self.env._("Report to the Management"))

    def _report(self, user, note):
        """Record that a major complaint was reported, to whom, and what was ordered.

        :param user: res.users of the management
        :param note: what was reported and ordered, required
        :raises UserError: for a complaint that is not major, without a note, to a person
            concerned, or by anybody but the desk
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk reports a major complaint."))
        if not user:
            raise UserError(self.env._("Name the person of the management."))
        if not said(note):
            raise UserError(self.env._("Write down what was reported and what was ordered."))
        for case in self:
            if not case.is_major:
                raise UserError(
                    self.env._("%s is no major complaint: choose its kind first.", case.name)
                )
            if user in case._people_concerned():
                raise UserError(self.env._("Report to somebody else: %s is concerned.", user.name))
        trusted(self).write(
            {
                "major_reported_at": fields.Datetime.now(),
                "major_reported_to_id": user.id,
                "major_report_note": note,
            }
        )
        self._log_events("major_reported", {"to": user.id, "note": note})
        self._tell_reported(user)

    def _tell_reported(self, user):
        tell_staff(
            self, user, lambda rows: rows.env._("Major complaint reported to you"), is_list=True
        )

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        major = self.filtered("is_major")
        if major:
            major._mark_major()

    def _check_write(self, vals):
        """Kinds are added freely; what made it major is taken back with a reason only."""
        super()._check_write(vals)
        taken = any(case[kind] and not vals.get(kind, True) for case in self for kind in KINDS)
        if taken and not said(vals.get("triage_reason")):
            raise UserError(self.env._("Say why it is no major complaint any more."))

    def _on_major(self, before, vals):
        if is_trusted(self.env):
            return
        changed = self.filtered(
            lambda case: any(
                case[kind] != old for kind, old in before[case.id].items() if kind in KINDS
            )
        )
        changed._mark_major(vals.get("triage_reason"))
