from odoo import fields, models

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
        """Those of the system whose finding is not final any more."""
        fallen = self.browse()
        for assessment, entries in self.filtered("source").grouped("assessment_id").items():
            found = assessment._found()
            fallen |= entries.filtered(lambda row, f=found: (row.kind, row.source) not in f)
        return fallen

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
            "reason": self.env._("The finding behind it fell afterwards: %s", self.about),
            "user_id": self.env.uid,
            "at": fields.Datetime.now(),
        }
