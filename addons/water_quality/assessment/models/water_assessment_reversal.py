from odoo import api, fields, models

from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted


class WaterAssessmentEntry(models.Model):
    """An entry whose finding falls: drafts and open assessments follow by themselves. To what is
    confirmed an addendum is drafted that takes it back, and counts when a second person agrees. A
    finding that stands after all brings it again, in the same way.
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
        again = confirmed._draft_reversals(fallen) - fallen
        for entry in fallen | again | confirmed.filtered(lambda row: row.kind in kinds):
            signed = entry.assessment_id.checked_by_id | entry.assessment_id.confirmed_by_id
            words = type(self)._standing_words if entry in again else subject
            tell_staff(entry, signed, words, lambda one: one.assessment_id.name, is_list=True)

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

    def _draft_reversals(self, fallen):
        """An addendum with the points that each has cost, or with those that come back.

        A limit by kind is heeded, and so is what somebody has added about an entry by hand. A draft
        that waits still is of use again when the finding is what it was when it was drafted.

        :param fallen: those of them whose finding does not stand any more
        :return: those of them to which something was drafted
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
        """The points that the entry has cost, beside what of its line is taken back already.

        :param addenda: those of its line
        """
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
        """Cases that count in no figure any more, or of which it has turned out whose they are."""
        self._about(cases)._follow_findings(lambda one: one._fallen_words())
