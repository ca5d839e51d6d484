from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import AGENT, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.turns import meet
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.clock.models.water_standard import LineSpec

#: A complaint in such a state has an answer that can be appealed against.
ANSWERED_STATES = ("notified", "confirmed", "callback", "archived", "rejected")
#: What whoever files may say; the rest is found by the system.
FILED_FIELDS = (
    "reason",
    "demand",
    "new_evidence",
    "late_reason",
    "channel_id",
    "external_body",
    "external_number",
    "external_due_at",
    "certificate_number",
    "certificate_issuer",
)


class WaterAppeal(models.Model):
    """Filing an appeal: on which level, in time or late, once or again (E6, E7)."""

    _name = "water.appeal"
    _inherit = ["water.appeal", "water.scanned.mixin"]

    certificate_number = fields.Char(
        readonly=True, help="Of a certificate that the customer adds, such as of a meter test."
    )
    certificate_issuer = fields.Char(
        string="Certificate Issued by", readonly=True, help="Who has tested or certified."
    )

    appellant_case_id = fields.Many2one(
        "water.complaint",
        string="Complaint of Whoever Appeals",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="It was merged into the complaint that was handled; its customer appeals.",
    )

    def _appellant(self):
        """The complaint whose customer appeals: letters and money go there."""
        return self.appellant_case_id or self.complaint_id

    @api.model
    def _file(self, complaint, values, evidence=()):
        """File an appeal about the answer to ``complaint``; its clocks begin to run.

        Whose complaint was merged appeals in his own name, against what was decided in the one
        that was handled.

        :param complaint: one water.complaint the user may read, or the customer's own with sudo
        :param values: reason (needed), demand, new_evidence, late_reason, channel_id,
            external_body (the customer has gone to somebody outside) with its external_number
            and external_due_at (naive UTC, empty where it names none), certificate_number and
            certificate_issuer of a certificate among the evidence
        :param evidence: ir.attachment records, or tuples ``(name, bytes)``
            with, at the end, whether no virus scanner has seen it
        :raises UserError: why it cannot be filed, and what to do instead
        :return: the appeal
        """
        complaint.ensure_one()
        complaint.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents file an appeal for a customer."))
        values = {name: values.get(name) for name in FILED_FIELDS}
        if not said(values["reason"]):
            raise UserError(self.env._("Write down why the customer does not agree."))
        if values["certificate_number"] and not evidence:
            raise UserError(self.env._("Add the certificate itself as a file."))
        matter = complaint.sudo()._appealed_case()
        # a filed complaint is not touched, and whoever ends or opens it at this moment sees this
        meet(complaint.sudo() | matter)
        found = self._placed(complaint, values, bool(evidence))
        mine = complaint.id if matter != complaint else False
        links = {"complaint_id": matter.id, "appellant_case_id": mine}
        appeal = self._create_once({**values, **found, **links})
        appeal._keep_evidence(evidence)
        appeal._start_own_clocks()
        appeal._log_events("filed", {"level": appeal.level, "late": appeal.is_late})
        matter._put_off_calls()
        appeal._tell_filed()
        return appeal.with_env(self.env)

    def _create_once(self, vals):
        vals = {**vals, "filed_by_id": self.env.uid, "filed_at": fields.Datetime.now()}
        try:
            with self.env.cr.savepoint():
                # sudo: water.appeal - whoever may file is checked by the caller
                appeal = trusted(self.sudo()).create(vals)
                appeal.flush_recordset()
                return appeal
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("_one_open"):
                raise
            raise UserError(self._busy_message()) from error

    @api.model
    def _busy_message(self):
        return self.env._("An appeal about this complaint is being handled already.")

    @api.model
    def _placed(self, complaint, values, has_files):
        """Level, round and answer that the appeal is about.

        :raises UserError: when there is nothing to appeal against, or it is too late
        """
        case = complaint.sudo()
        self._check_appealable(case)
        found = {"round": case._appealed_case().reopen_count, "level": case._appeal_level()}
        found["notice_id"] = case._appealed_notice().id
        if values["external_body"]:
            self._check_external(values)
            return {**found, "level": "external"}
        if case._appeals_exhausted():
            return {**found, **self._placed_again(values, has_files)}
        return {**found, **self._placed_in_time(case, values)}

    @api.model
    def _check_appealable(self, case):
        """There is an answer to appeal against, and no other appeal about it.

        :raises UserError: why not
        """
        if not case._is_answered():
            raise UserError(
                self.env._("%s has no answer yet that could be appealed against.", case.name)
            )
        if case._open_appeal():
            raise UserError(self._busy_message())

    @api.model
    def _placed_again(self, values, has_files):
        """Decided for good: heard again only with new evidence, once a supervisor admits it."""
        if not said(values["new_evidence"]) or not has_files:
            raise UserError(
                self.env._(
                    "The company has given its final answer to this matter. It is taken up again"
                    " only with new evidence: describe what is new, and add the files."
                )
            )
        return {"needs_admission": True}

    @api.model
    def _placed_in_time(self, case, values):
        until = case._appealed_notice().appeal_until
        today = fields.Date.context_today(case.with_context(tz=case._customer_tz()))
        if not until:
            raise UserError(self.env._("The customer has not been told a result yet."))
        if today <= until:
            return {"late_reason": False}
        supervisor = self.env.user.has_group(SUPERVISOR)
        if supervisor and said(values["late_reason"]):
            return {"is_late": True}
        raise UserError(
            self.env._(
                "The last day to appeal was %s. Only a supervisor admits a late appeal, and says"
                " why.",
                until,
            )
        )

    def _keep_evidence(self, evidence):
        """Keep the customer's files with the appeal, not with the filed complaint."""
        own = {"res_model": self._name, "res_id": self.id}
        rows = [
            {"name": name, "raw": content, "water_unscanned": any(mark), **own}
            for name, content, *mark in (file for file in evidence if isinstance(file, tuple))
        ]
        # sudo: ir.attachment - the files belong to the appeal that has just been filed
        attachments = self.env["ir.attachment"].sudo()
        kept = attachments.with_context(image_no_postprocess=True).create(rows)
        for file in (part for part in evidence if not isinstance(part, tuple)):
            kept |= file.sudo().copy(own)
        if kept:
            trusted(self.sudo()).evidence_ids = kept

    def _file_handlers(self):
        reviewer = self.reviewer_id.filtered("active")
        case = self.sudo().complaint_id
        return (reviewer or case._desk_supervisors()) - case._people_concerned()

    # -- clocks -------------------------------------------------------------------------------

    def _start_own_clocks(self):
        """Receipt and decision are promised; another body is given our statement in time."""
        if self.level == "external":
            self.env["water.deadline"]._start([self._statement_clock()])
            return
        company = self.company_id
        days = {"1": company.water_review_days, "2": company.water_panel_days}[self.level]
        steps = {"receipt": company.water_receipt_days, "decision": days}
        rows = [self._own_clock(step, amount) for step, amount in steps.items()]
        self.env["water.deadline"]._start(rows)

    def _own_clock(self, step, days):
        """Values of the clock of one step, in working days from the filing."""
        case = self.complaint_id.sudo()
        office = self.company_id._water_calendar()
        line = LineSpec(False, "appeal", days, "working_day", False, "received", 80)
        return {
            **case._clock_values(line, self.filed_at, office),
            "appeal_id": self.id,
            "appeal_step": step,
        }

    def _clocks_of(self, step):
        return self.sudo().deadline_ids.filtered(lambda clock: clock.appeal_step == step)

    def _decision_clock(self):
        return self._clocks_of("decision")[:1]
