from odoo import api, fields, models

from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted


class WaterAssessmentEntry(models.Model):
    """An entry whose finding falls: drafts and open assessments follow by themselves. To what is
    confirmed an addendum is drafted that takes it back, and counts when a second person agrees.
    """

    _inherit = "water.assessment.entry"

    def _follow_findings(self, subject, kinds=()):
        """What they follow from has been decided on.

        :param subject: function of an entry that returns what those who signed are told
        :param kinds: those of which they hear also when the entry stands
        """
        entries = trusted(self.sudo())
        going_on = entries.assessment_id.filtered(lambda row: row.state in ("draft", "open"))
        for assessment in going_on.filtered("drawn_at"):
            assessment._settle()
        confirmed = entries.filtered(
            lambda row: (row.assessment_state, row.state) == ("confirmed", "counts")
        )
        fallen = confirmed._fallen()
        fallen._draft_reversals()
        for entry in fallen | confirmed.filtered(lambda row: row.kind in kinds):
            signed = entry.assessment_id.checked_by_id | entry.assessment_id.confirmed_by_id
            tell_staff(entry, signed, subject, lambda one: one.assessment_id.name, is_list=True)

    def _fallen(self):
        """Those of the system whose finding does not stand any more."""
        return self.filtered("source").filtered(
            lambda entry: not entry.assessment_id._stands(entry.kind, entry._source_row())
        )

    def _source_row(self):
        """What the entry follows from, with sudo."""
        model, _comma, number = self.source.partition(",")
        # sudo: a finding that has been entered stands or falls, whoever may see what it is about
        return self.env[model].sudo().browse(int(number))

    @api.model
    def _about(self, cases):
        """The entries that follow from cases, of whoever was assessed by them."""
        # sudo: water.assessment.entry - whoever takes the step need not see any assessment
        entries = self.sudo()
        about = [("case_model", "=", cases._name), ("case_id", "in", cases.ids)]
        return entries.search([*about, ("state", "!=", "struck")])

    def _draft_reversals(self):
        """An addendum with the points that each has cost, once; its limit by kind is heeded."""
        addenda = trusted(self.env["water.assessment.addendum"].sudo())
        for entry in self:
            line, assessment = entry.line_id, entry.assessment_id
            gone = line.addendum_ids.entry_id
            if entry in gone:
                continue
            before, after = (assessment._ledger(line, rows) for rows in (gone, gone | entry))
            points = (before[0] - after[0]) - (before[1] - after[1])
            if points:
                addenda.create(entry._reversal(points))

    def _reversal(self, points):
        return {
            "line_id": self.line_id.id,
            "entry_id": self.id,
            "points": points,
            "reason": self._fallen_words(),
            "user_id": self.env.uid,
            "at": fields.Datetime.now(),
        }

    def _fallen_words(self):
        return self.env._("The finding behind it fell afterwards: %s", self.about)

    @api.model
    def _follow_cases(self, cases):
        """Cases that count in no figure any more, or of which it has turned out whose they are."""
        self._about(cases)._follow_findings(lambda one: one._fallen_words())
