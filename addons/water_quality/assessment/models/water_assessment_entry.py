from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

from .water_assessment_scheme import KINDS, REWARDS


class WaterAssessmentEntry(models.Model):
    """A line of the ledger: a deduction or a reward, with the case it follows from.

    The system drafts them from final findings; quality and managers add others with a reason to a
    draft. Entries are read-only: an objection strikes them out.
    """

    _name = "water.assessment.entry"
    _inherit = ["water.assessed.mixin", "water.readonly.mixin", "water.mixin"]
    _description = "Deduction or Reward Entered"
    _order = "assessment_id desc, line_id, kind, id"
    _rec_name = "about"
    _dossier = False

    line_id = fields.Many2one(
        "water.assessment.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    assessment_id = fields.Many2one(
        "water.assessment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    assessment_state = fields.Selection(
        related="assessment_id.state", string="State of the Assessment", store=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    points = fields.Float(
        required=True, readonly=True, digits=(6, 2), help="Negative: taken away.", aggregator="sum"
    )
    happened_at = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True, help="Why it was entered by hand.")
    state = fields.Selection(
        [("counts", "Counts"), ("struck", "Entry voided"), ("dropped", "Not Final any More")],
        required=True,
        readonly=True,
        default="counts",
        index=True,
    )
    can_object = fields.Boolean(compute="_compute_can_object", export_string_translation=False)

    _source_uniq = models.UniqueIndex(
        "(line_id, kind, source) WHERE source IS NOT NULL", "This is entered already."
    )

    @api.depends("state", "line_id.objection_until")
    @api.depends_context("uid")
    def _compute_can_object(self):
        for row in self:
            line = row.line_id.sudo()
            until = line.objection_until
            open_now = line.state == "open" and until and fields.Datetime.now() <= until
            row.can_object = bool(open_now) and row.state == "counts" and line._is_own()

    @api.model_create_multi
    def create(self, vals_list):
        """Enter a finding by hand, with its reason.

        :raises AccessError: except by quality and managers, not about themselves
        :raises UserError: outside a draft, or without a reason
        """
        if is_trusted(self.env):
            return super().create(vals_list)
        rows = [self._entered(vals) for vals in vals_list]
        entries = super(WaterAssessmentEntry, trusted(self.sudo())).create(rows)
        entries.assessment_id._score()
        return entries.with_env(self.env)

    @api.model
    def _entered(self, vals):
        """The values of an entry by hand, after the checks."""
        given = vals.get("line_id")
        line = self.env["water.assessment.line"].browse(given if isinstance(given, int) else [])
        line = line.exists()
        line.check_access("read")
        kind, reason = vals.get("kind"), vals.get("reason")
        lock_rows(line.assessment_id)
        if not line or line.state != "draft":
            raise UserError(self.env._("Entries are made while the assessment is a draft."))
        if not strip_invisible(reason) or kind not in dict(KINDS):
            raise UserError(self.env._("Give the kind and the reason."))
        about = vals.get("about")
        whose = {"department_id": line.department_id.id, "user_id": line.user_id.id}
        draft = self.new({**whose, "company_id": line.company_id.id})
        draft._check_decides()
        points = self._points(line, kind, vals.get("points"))
        values = {"line_id": line.id, "assessment_id": line.assessment_id.id, "kind": kind}
        values |= {"reason": reason, "points": points, **whose}
        values |= {"about": about if isinstance(about, str) else False}
        return {**values, "company_id": line.company_id.id, "happened_at": fields.Datetime.now()}

    @api.model
    def _points(self, line, kind, given):
        rule = line.sudo().assessment_id.scheme_id.rule_ids.filtered(lambda row: row.kind == kind)
        if rule:
            return rule.points if kind in REWARDS else -rule.points
        if not isinstance(given, int | float) or not given:
            raise UserError(self.env._("The scheme has no points for it: give them."))
        return given

    def _barred(self):
        entry = self.sudo()
        people = super()._barred()
        if not entry.source and isinstance(entry.id, int):
            people |= entry.create_uid
        finding = self.env["water.false.completion"].sudo()._of_source(entry.source)
        return people | finding.decided_by_id | finding.second_by_id

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(self.env._("An entry is not edited; an objection strikes it out."))
        return super().write(vals)

    def action_object(self):
        """Open the dialog in which the assessed objects to the entry."""
        self.ensure_one()
        return self.line_id._object({"default_entry_id": self.id})

    # -- assessment reversal -------------------------------------------------------------------
    # An entry whose finding falls: drafts and open assessments follow by themselves. For a
    # confirmed one a reversing addendum is drafted, which counts when a second person agrees. A
    # finding that is restored comes back in the same way.

    def _follow_findings(self, subject, kinds=()):
        """Update entries after a decision on their findings.

        :param subject: function of an entry that returns the subject for its signers
        :param kinds: those whose signers are notified also if the entry stands
        """
        entries = trusted(self.sudo())
        going_on = entries.assessment_id.filtered(lambda row: row.state in ("draft", "open"))
        for assessment in going_on.filtered("drawn_at"):
            assessment._settle()
        confirmed = entries.filtered(
            lambda row: (row.assessment_state, row.state) == ("confirmed", "counts")
        )
        fallen = confirmed._fallen()
        again = confirmed._draft_reversals(fallen) - fallen
        for entry in fallen | again | confirmed.filtered(lambda row: row.kind in kinds):
            signed = entry.assessment_id.checked_by_id | entry.assessment_id.confirmed_by_id
            words = type(self)._standing_words if entry in again else subject
            tell_staff(entry, signed, words, lambda one: one.assessment_id.name, is_list=True)

    def _fallen(self):
        """Return the system's entries whose finding no longer stands."""
        return self.filtered("source").filtered(
            lambda entry: not entry.assessment_id._stands(entry.kind, entry._source_row())
        )

    def _source_row(self):
        """Return the record the entry follows from, with sudo."""
        model, _comma, number = self.source.partition(",")
        # sudo: the finding decides, even if the user may not read it
        return self.env[model].sudo().browse(int(number))

    @api.model
    def _about(self, cases):
        # sudo: water.assessment.entry - the user need not read assessments
        entries = self.sudo()
        about = [("case_model", "=", cases._name), ("case_id", "in", cases.ids)]
        return entries.search([*about, ("state", "!=", "struck")])

    def _draft_reversals(self, fallen):
        """Draft addenda that take back the points of entries, or restore them.

        Respects the cap of a kind and manual addenda. A waiting draft is used again if the finding
        returns to what it was.

        :param fallen: those whose finding no longer stands
        :return: those that got a draft
        """
        addenda, found = trusted(self.env["water.assessment.addendum"].sudo()), self.browse()
        for entry in self.filtered("source"):
            rows = entry.line_id.addendum_ids
            about = rows.filtered(lambda row, entry=entry: row.entry_id == entry)
            if not all(about.mapped("is_drafted")) or (entry not in fallen and not about):
                continue
            points = entry._points_back(rows) if entry in fallen else 0
            agreed = about.filtered("second_by_id")
            points = round(points - sum(agreed.mapped("points")), 2)
            if points and points not in (about - agreed).mapped("points"):
                words = entry._fallen_words() if entry in fallen else entry._standing_words()
                addenda.create(entry._reversal(points, words))
                found |= entry
        return found

    def _points_back(self, addenda):
        gone = addenda.entry_id - self
        by_hand = addenda.filtered(lambda row: not row.is_drafted).entry_id
        gone = gone & (by_hand | gone._fallen())
        before, after = (
            self.assessment_id._ledger(self.line_id, rows) for rows in (gone, gone | self)
        )
        return (before[0] - after[0]) - (before[1] - after[1])

    def _reversal(self, points, reason):
        return {
            "line_id": self.line_id.id,
            "entry_id": self.id,
            "points": points,
            "reason": reason,
            "is_drafted": True,
            "user_id": self.env.uid,
            "at": fields.Datetime.now(),
        }

    def _standing_words(self):
        return self.env._("The finding behind it stands after all: %s", self.about)

    def _fallen_words(self):
        return self.env._("The finding behind it fell afterwards: %s", self.about)

    @api.model
    def _follow_cases(self, cases):
        """Update entries of cases that no longer count, or whose responsible person changed."""
        self._about(cases)._follow_findings(lambda one: one._fallen_words())
