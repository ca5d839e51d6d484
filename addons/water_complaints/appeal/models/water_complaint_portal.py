from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.intake.filing import FilingError

from .water_appeal import OPEN_STATES


class WaterComplaint(models.Model):
    """The customer's appeal on his page: the form with its last day, progress and decision."""

    _inherit = "water.complaint"

    def _portal_actions(self):
        return super()._portal_actions() | {
            "appeal": "_portal_appeal_filed",
            "unappeal": "_portal_appeal_withdrawn",
        }

    def _portal_can(self, action):
        if action == "appeal":
            again = self.sudo()._appeals_exhausted() and not self.sudo()._open_appeal()
            return bool(self._appeal_last_day()) or (again and self._is_answered())
        if action == "unappeal":
            return bool(self.sudo()._own_appeals() & self.sudo()._open_appeal())
        return super()._portal_can(action)

    def _portal_waits_for(self):
        """The right to appeal is offered, it is not his turn because of it."""
        return super()._portal_waits_for() - {"appeal", "unappeal"}

    def _portal_appeal_filed(self, values, files=()):
        """The customer does not agree with the answer, and asks for a review."""
        reason = self._need_text(
            values, "appeal_reason", self.env._("Tell us why you do not agree with our answer.")
        )
        typed = {
            "reason": reason,
            "demand": self._optional_text(values, "appeal_demand"),
            "new_evidence": self._optional_text(values, "new_evidence"),
            "certificate_number": self._optional_text(values, "certificate_number"),
            "certificate_issuer": self._optional_text(values, "certificate_issuer"),
            "channel_id": self.env.ref("water_service_desk.channel_portal").id,
        }
        faults = self._file_faults(files)
        if typed["certificate_number"] and not files:
            faults = [self.env._("Add the certificate itself as a file.")]
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        evidence = [(name, content, mark) for name, content, _kind, mark in self._cleaned(files)]
        try:
            # sudo: water.appeal - the complaint is the customer's own, found by the portal
            self.env["water.appeal"].sudo()._file(self, typed, evidence)
        except FilingError:
            raise
        except UserError as refusal:
            raise FilingError({"appeal_reason": str(refusal)}) from refusal

    def _portal_appeal_withdrawn(self, values, files=()):
        """The customer takes his appeal back."""
        reason = self.env._("Withdrawn by the customer on their page")
        self.sudo()._open_appeal()._withdraw(reason)

    # -- what he reads ------------------------------------------------------------------------

    def _portal_page(self):
        appeals = self.sudo()._own_appeals().sorted("id")
        return (
            super()._portal_page()
            | self._portal_reviewed()
            | {
                "appeals": [self._portal_appeal_row(row) for row in appeals],
                "appeal_until": self._portal_last_day(),
                "appeal_again": self.sudo()._appeals_exhausted(),
            }
        )

    @api.model
    def _portal_filters(self):
        filters = super()._portal_filters()
        (going, is_open), (over, is_over) = filters["open"], filters["closed"]
        reviewed = Domain("appeal_ids.state", "in", OPEN_STATES)
        reviewed |= Domain("duplicate_of_id.appeal_ids.state", "in", OPEN_STATES)
        return filters | {
            "open": (going, is_open | reviewed),
            "closed": (over, is_over & ~reviewed),
        }

    def _portal_rows(self):
        # sudo: water.complaint - those he may list
        pairs = zip(super()._portal_rows(), self.sudo(), strict=True)
        return [row | case._portal_reviewed() for row, case in pairs]

    def _portal_reviewed(self):
        """What page and list say instead of its state, while it is our turn again."""
        is_reviewed = self.sudo()._open_appeal()
        return {"status": self._portal_review_title(), "is_open": True} if is_reviewed else {}

    def _portal_continued(self):
        return self.appeal_ids.follow_up_id.sorted("id")[:1] or super()._portal_continued()

    def _portal_review_title(self):
        return self.env._("Being reviewed")

    def _portal_appeal(self, notice):
        """The right is told of where it can be used alone."""
        can_be_used = self._appeal_last_day() and notice == self.sudo()._appealed_notice()
        return super()._portal_appeal(notice) if can_be_used else ""

    def _portal_last_day(self):
        day = self._appeal_last_day()
        return day_text(day) if day else ""

    def _portal_decide_words(self, appeal):
        """Until when we decide, as a sentence; "" once it is decided."""
        due = self._portal_time(appeal._decision_clock().due_at)
        is_open = appeal.state in ("filed", "review")
        return self.env._("We will decide by %s.", due) if is_open and due else ""

    def _portal_remedy(self, appeal):
        """What we do now; a filed matter goes on under a number that its own customer is told."""
        parts = [appeal.remedy]
        again = appeal.follow_up_id
        if again and not appeal.appellant_case_id:
            parts.append(self.env._("The matter goes on under the number %s.", again.name))
        return "\n".join(filter(None, parts))

    def _portal_appeal_row(self, appeal):
        """One appeal in public words."""
        states = {
            "filed": self.env._("Received, to be acknowledged"),
            "review": self.env._("Being reviewed by people who had no part in the matter"),
            "decided": self.env._("Decided"),
            "withdrawn": self.env._("Withdrawn"),
        }
        decisions = dict(appeal._fields["decision"]._description_selection(self.env))
        told = appeal.state == "decided"
        return {
            "number": appeal.name,
            "level": dict(appeal._fields["level"]._description_selection(self.env))[appeal.level],
            "status": states[appeal.state],
            "is_open": appeal.state in ("filed", "review"),
            "filed": self._portal_time(appeal.filed_at),
            "decide": self._portal_decide_words(appeal),
            "reason": appeal.reason,
            "demand": appeal.demand or "",
            "files": appeal.evidence_ids.sorted("id").mapped("name"),
            "certificate": " · ".join(
                filter(None, (appeal.certificate_number, appeal.certificate_issuer))
            ),
            "decision": decisions[appeal.decision] if told else "",
            "decided": self._portal_time(appeal.decided_at) if told else "",
            "text": appeal.decision_text if told else "",
            "remedy": self._portal_remedy(appeal) if told else "",
        }
