from odoo import api, fields, models

from odoo.addons.water_complaints.archive.models.water_complaint import ABSENT, DONE, MISSING
from odoo.addons.water_service_desk.base import windows


class WaterComplaint(models.Model):
    """A complaint whose answer is guaranteed by the company's scheme of compensation."""

    _inherit = "water.complaint"

    compensation_ids = fields.One2many(inverse_name="complaint_id")

    def _answer_trigger(self):
        return "complaint_answer"

    def action_entitlement(self):
        """Open the dialog that proposes an entitlement by a rule of the scheme."""
        self.ensure_one()
        self.check_access("write")
        return windows.dialog(
            "water.entitlement.wizard",
            self.env._("Entitlement by Rule"),
            {"default_complaint_id": self.id},
        )

    def _first_entry(self):
        began = self.env["water.inquiry"].search([("complaint_id", "=", self.id)], limit=1)
        return began or super()._first_entry()

    def _is_household_owed(self, trigger):
        """Count one letter once, even if it was an inquiry when its answer was late."""
        began = self._contact_root()._first_entry()
        since = began._name != self._name and began.received_at == self.received_at
        owed = since and began.compensation_ids.filtered(
            lambda row: row.trigger == began._answer_trigger() and not row._is_decided_against()
        )
        return bool(owed) or super()._is_household_owed(trigger)

    def _responsible_line(self):
        deciders = self.sudo().compensation_ids.approval_ids
        return super()._responsible_line() | deciders.user_id | deciders.on_behalf_of_id

    def _compensation_notice(self):
        return super()._compensation_notice() + self._compensation_sentences()

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        reason = self.env._("The appeal %s was decided.", appeal.name)
        owed = (self.sudo() | self._merged_cases()).compensation_ids
        owed._recompute(reason)
        if appeal._changes_finding():
            owed._look_again(appeal)
        appeal._grant()

    # -- checklist -----------------------------------------------------------------------------
    # Whether compensations are decided is an item of the archive checklist (S3.2.4b).

    @api.model
    def _checklist_items(self):
        items = super()._checklist_items()
        chain = items.pop("chain")  # stays the last
        compensation = (self.env._("Compensation"), "water.compensation")
        return {**items, "compensation": compensation, "chain": chain}

    def _item_compensation(self):
        rows = self._rows_of("water.compensation")
        if self._undecided_compensations():
            return MISSING, self.env._("a compensation is not decided yet")
        if self._has_rows("water.compensation") and rows:
            return DONE, self.env._("%s entitlements", len(rows))
        return ABSENT, self.env._("none was due or claimed")
