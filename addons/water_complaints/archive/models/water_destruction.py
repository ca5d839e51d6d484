import hashlib
import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import QUALITY
from odoo.addons.water_service_desk.base.scope import uses
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.privacy.models.water_erasure_mixin import PRIVACY

_logger = logging.getLogger(__name__)

#: Cases of one protocol at most, and destroyed per committed batch.
LARGEST = 500
BATCH = 20
REPORT = "water_complaints.report_destruction"


class WaterDestruction(models.Model):
    """A destruction of archived cases (销毁): proposed by their time, decided by two people.

    One checks and proposes, another one, a privacy officer, approves; then the system destroys
    and writes the protocol, which is kept for ever.
    """

    _name = "water.destruction"
    _inherit = [
        "water.readonly.mixin",
        "water.decision.mixin",
        "water.never.deleted.mixin",
        "water.mixin",
    ]
    _waiting_state = "proposed"
    _refusable_states = ("proposed",)
    _asked_by = "proposed_by_id"
    _description = "Destruction of Archived Cases"
    _order = "id desc"
    _allow_sudo_commands = False

    name = fields.Char(string="Number", required=True, readonly=True, default="/", index=True)
    state = fields.Selection(
        [
            ("draft", "Drawn up"),
            ("proposed", "Waits for Approval"),
            ("approved", "Being destroyed"),
            ("done", "Destroyed"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    line_ids = fields.One2many("water.destruction.line", "destruction_id", string="Cases")
    case_count = fields.Integer(string="Number of Cases", compute="_compute_case_count")
    drawn_up_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    proposed_by_id = fields.Many2one("res.users", string="Proposed by", readonly=True)
    proposed_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(string="Destroyed at", readonly=True)
    protocol = fields.Binary(attachment=True, readonly=True, groups=QUALITY)
    protocol_name = fields.Char(compute="_compute_protocol_name", export_string_translation=False)
    protocol_digest = fields.Char(string="SHA-256 of the Protocol", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    can_propose = fields.Boolean(compute="_compute_can_propose", export_string_translation=False)

    def _compute_case_count(self):
        lines = self.env["water.destruction.line"]
        rows = lines._read_group(
            [("destruction_id", "in", self._origin.ids)], ["destruction_id"], ["__count"]
        )
        counts = {destruction.id: count for destruction, count in rows}
        for row in self:
            row.case_count = counts.get(row._origin.id, 0)

    @api.depends("name")
    def _compute_protocol_name(self):
        for row in self:
            row.protocol_name = f"{row.name}.pdf"

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_propose(self):
        for row in self:
            row.can_propose = row.state == "draft" and row._has(QUALITY)

    @api.model
    def _has(self, group):
        return self.env.su or self.env.user.has_group(group)

    @api.model
    def _readonly_message(self):
        return self.env._("A destruction is drawn up and kept by the system; use its buttons.")

    def _decision_error(self, approves=True):
        if not self._has(PRIVACY):
            return AccessError(self._role_fault())
        return super()._decision_error(approves)

    @api.model
    def _role_fault(self):
        return self.env._("This is for quality; approving is for privacy officers.")

    # -- drawing up -----------------------------------------------------------------------------

    @api.model
    def _cron_destroy(self):
        """Scheduled action: list the cases that are due, and destroy approved ones."""
        if not uses(self.env, "water_complaints.group_use_legal_holds"):
            return
        self = trusted(self.sudo())
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._draw_up(company)
        self.env["ir.cron"]._commit_progress(1)
        for destruction in self.search([("state", "=", "approved")], order="id"):
            while destruction._work():
                if not self.env["ir.cron"]._commit_progress(BATCH, remaining=1):
                    return
                self.env.invalidate_all()
            destruction._finish()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _draw_up(self, company):
        """Draw up the cases of a company whose time is over and that are on no list yet."""
        cases, lines = self.env["water.complaint"].sudo(), self.env["water.destruction.line"].sudo()
        listed = lines.search(
            [
                ("destruction_id.state", "in", ("draft", "proposed", "approved")),
                ("company_id", "=", company.id),
            ]
        )
        due = cases._destroyable(company) & Domain("id", "not in", listed.complaint_id.ids)
        found = cases.search(due, order="retain_until, id", limit=LARGEST)
        if not found:
            return self
        numbers = self.env["ir.sequence"]._water_numbers("water.destruction", company.ids)
        destruction = trusted(self.sudo()).create({"name": numbers[0], "company_id": company.id})
        trusted(lines).create(
            [{"destruction_id": destruction.id, **lines._facts(case)} for case in found]
        )
        return destruction

    # -- four eyes ------------------------------------------------------------------------------

    def action_propose(self):
        """Propose the destruction after reviewing the list.

        :raises AccessError: unless the user is in quality
        """
        self.ensure_one()
        self.check_access("read")
        if not self._has(QUALITY):
            raise AccessError(self._role_fault())
        if self.state != "draft":
            raise UserError(self.env._("This step has been taken already."))
        values = {"state": "proposed", "proposed_by_id": self.env.uid}
        trusted(self.sudo()).write({**values, "proposed_at": fields.Datetime.now()})
        return True

    def _after_approved(self):
        # sudo: ir.cron - the approval triggers the destruction
        self.env.ref("water_complaints.ir_cron_destruction").sudo()._trigger()

    def _after_refused(self, reason):
        tell_staff(self, self.proposed_by_id, _refused_subject, lambda _row: reason, is_list=True)

    # -- carrying out ---------------------------------------------------------------------------

    def _work(self):
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")[:BATCH]
        for line in trusted(waiting):
            values = {"digests": line._digests(), "event_head": line.complaint_id.event_head}
            line.write({**values, **self._destroyed(line.complaint_id)})
        return bool(waiting)

    def _destroyed(self, case):
        """Destroy one case, unless something has come in between: values of its line."""
        hindrances = case._destruction_hindrances()
        if hindrances:
            return {"state": "kept", "kept_because": "; ".join(hindrances)}
        try:
            with self.env.cr.savepoint():
                case._destroy(self.name)
        except SerializationFailure:  # concurrent change: read again at once
            self.env.invalidate_all()
            return {}
        except OSError:
            raise  # the disk is full or away: the approved destruction is done later
        except Exception as error:
            _logger.exception("The case %s could not be destroyed", case.id)
            self.env.invalidate_all()
            return {"state": "kept", "kept_because": f"{type(error).__name__}: {error}"[:300]}
        return {"state": "done", "done_at": fields.Datetime.now()}

    def _finish(self):
        """Write the protocol (销毁清册) and keep it with its digest."""
        trusted(self).write({"state": "done", "done_at": fields.Datetime.now()})
        archives = self.env["water.archive"]
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, lang=archives._language(self)
        )
        pdf, __ = reports._render_qweb_pdf(REPORT, self.ids)
        trusted(self.env["ir.attachment"].sudo()).create(
            {
                "name": self.protocol_name,
                "raw": pdf,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "protocol",
            }
        )
        trusted(self).write({"protocol_digest": hashlib.sha256(pdf).hexdigest()})


def _refused_subject(destruction):
    return destruction.env._("%s: the destruction was refused", destruction.name)
