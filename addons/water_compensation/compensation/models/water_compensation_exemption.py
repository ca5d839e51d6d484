from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.roles import SUPERVISOR

from ...compensation_scheme.compensation import moment
from .water_compensation import LIVE


class WaterCompensationExemption(models.Model):
    """An exemption claimed for one compensation, or for all of an incident (domain 4.1).

    Requested with evidence and decided by a second person. If it is refused or taken back, the
    compensation is due again.
    """

    _name = "water.compensation.exemption"
    _inherit = [
        "water.never.deleted.mixin",
        "water.loose.file.mixin",
        "water.maker.mixin",
        "water.decision.mixin",
        "water.steps.mixin",
        "water.mixin",
    ]
    _refusable_states = ("requested", "approved")
    _file_fields = ("evidence_ids",)
    _description = "Exemption from Compensation"
    _order = "id desc"
    _check_company_auto = True
    _editable_states = frozenset({"requested"})
    #: fixed once requested: money that waits for it must not bypass the decision
    _settable_on_create = frozenset({"compensation_id", "incident_id"})

    compensation_id = fields.Many2one(
        "water.compensation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    incident_id = fields.Many2one(
        "water.incident",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    code_id = fields.Many2one(
        "water.compensation.exemption.code", string="Kind", required=True, ondelete="restrict"
    )
    effect = fields.Selection(related="code_id.effect")
    evidence_hint = fields.Char(related="code_id.evidence", string="Evidence Needed")
    from_at = fields.Datetime(string="From", help="Since when the reason held.")
    until_at = fields.Datetime(string="Until", help="Until when the reason held.")
    note = fields.Text(string="What Happened", required=True)
    evidence_ids = Files(
        "ir.attachment",
        "water_compensation_exemption_file_rel",
        "exemption_id",
        "attachment_id",
        help="Weather warnings, notices of authorities, photos, recordings.",
        copy=False,
    )
    state = fields.Selection(
        [("requested", "To decide"), ("approved", "Approved"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="requested",
        index=True,
        copy=False,
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user, copy=False
    )
    requested_at = fields.Datetime(readonly=True, default=fields.Datetime.now, copy=False)
    company_id = fields.Many2one(
        "res.company", compute="_compute_company", store=True, precompute=True, index=True
    )

    _one_target = models.Constraint(
        "CHECK (num_nonnulls(compensation_id, incident_id) = 1)",
        "An exemption is for one compensation, or for an incident.",
    )
    _span_sane = models.Constraint("CHECK (until_at > from_at)", "The reason ends after it begins.")

    @api.depends("compensation_id", "incident_id")
    def _compute_company(self):
        for row in self:
            target = row.compensation_id or row.incident_id
            row.company_id = target.company_id or self.env.company

    @api.depends("code_id", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.code_id.name

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for row in self:
            row.can_decide = not row._decision_error(approves=False)

    @api.constrains("code_id", "from_at", "until_at")
    def _check_span(self):
        for row in self:
            if row.effect == "suspend" and not (row.from_at and row.until_at):
                raise ValidationError(
                    self.env._("Enter from when until when “%s” held.", row.code_id.name)
                )

    @api.constrains("compensation_id", "code_id")
    def _check_allowed(self):
        """A rule names the exemptions that it knows; where it names none, all are possible."""
        for row in self.filtered("compensation_id"):
            rule = row.compensation_id.rule_id
            if rule.exemption_code_ids and row.code_id not in rule.exemption_code_ids:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” knows no exemption “%(code)s”.",
                        rule=rule.display_name,
                        code=row.code_id.name,
                    )
                )

    @api.model
    def _never_deleted_message(self):
        return self.env._("Requests for exemption are kept, whatever the decision.")

    @api.model
    def _settled_message(self):
        return self.env._("This exemption has been decided and is not changed any more.")

    @api.model_create_multi
    def create(self, vals_list):
        """Force a restart of concurrent decisions and payments, so that they see the exemption."""
        rows = super().create(vals_list)
        # sudo: water.compensation - they do not change
        known = rows.sudo()
        shared = known.incident_id.compensation_ids
        force_conflict(known.compensation_id | shared.filtered(lambda row: row.state in LIVE))
        return rows

    # -- deciding -----------------------------------------------------------------------------

    def _decision_error(self, approves=True):
        # sudo: water.incident - people alone
        people = self.requested_by_id | self.maker_ids | self.sudo().incident_id._fact_makers()
        if self.compensation_id:
            people |= self.compensation_id._barred()
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)) or self.env.user in people:
            return AccessError(
                self.env._(
                    "An exemption is decided by a supervisor who neither asked for it nor made its"
                    " facts."
                )
            )
        return super()._decision_error(approves)

    def action_approve(self):
        """Approve the exemption and recalculate what is due.

        :raises UserError: without evidence
        """
        self._check_decision()
        # sudo: ir.attachment - whether there is a file, not the file
        if any(not row.sudo().evidence_ids for row in self):
            raise UserError(self.env._("Attach the evidence first: an exemption needs it."))
        return super().action_approve()

    def _after_approved(self):
        self._work_out_again(self.env._("Exemption approved"))

    def _after_refused(self, reason):
        """Refused or taken back: the compensation is due again."""
        self._work_out_again(self.env._("Refused"))

    def _work_out_again(self, reason):
        # sudo: recalculates what the exemption concerns, no matter who decides
        row = self.sudo()
        row.incident_id._compensate_again()
        row.compensation_id._recompute(reason)
        (row.incident_id | row.compensation_id.incident_id)._beside()._compensate_again()

    # -- what calculations ask ------------------------------------------------------------------

    @api.model
    def _facts_of(self, records):
        """{id: facts} of the approved exemptions of compensations, or of incidents.

        :param records: water.compensation or water.incident
        """
        link = "incident_id" if records._name == "water.incident" else "compensation_id"
        domain = Domain(link, "in", records.ids) & Domain("state", "=", "approved")
        found = {}
        # sudo: water.compensation.exemption - the amount does not depend on the user
        for row in self.sudo().search(domain, order="id"):
            facts = found.setdefault(row[link].id, {"exempt": [], "pauses": []})
            if row.effect == "void":
                facts["exempt"].append(row.code_id.code)
            else:
                span = [moment(row.from_at), moment(row.until_at), row.code_id.code]
                facts["pauses"].append(span)
        return found
