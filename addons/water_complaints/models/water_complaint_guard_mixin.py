# pylint: disable=missing-return  # hooks return nothing
from odoo import api, models
from odoo.exceptions import UserError

#: What the customer said of the result; nobody touches it afterwards.
ANSWER_FIELDS = frozenset(
    {"confirm_mode", "satisfaction_result", "satisfaction_process", "customer_remark"}
)


class WaterComplaintGuardMixin(models.AbstractModel):
    """What nobody writes into a complaint by hand, and when the customer's answer is taken."""

    _name = "water.complaint.guard.mixin"
    _description = "Guards of a Complaint"

    _worker_fields = frozenset(
        {
            "user_id",
            "state",
            "stage_id",
            "investigation",
            "finding",
            "cause_id",
            "liability",
            "is_shared",
            "share_company",
            "share_customer",
            "share_property",
            "share_third_party",
            "share_force_majeure",
            "five_why",
            "basis_evidence_ids",
            "demand_ids",
            "plan_action_ids",
            "plan",
            "resolution",
        }
    )

    @api.model
    def _kept_fields(self):
        return super()._kept_fields() | {
            "readback_at",
            "readback_by_id",
            "readback_correction",
            "notified_at",
            "confirmed_at",
            "archived_at",
            "dispatch_state",
            "validity",
        }

    @api.model
    def _kept_at_birth(self):
        return super()._kept_at_birth() | ANSWER_FIELDS

    def _check_write(self, vals):
        if any(case.state == "archived" for case in self):
            raise UserError(self.env._("An archived complaint is not changed any more."))
        if ANSWER_FIELDS & vals.keys() and any(case.state != "notified" for case in self):
            raise UserError(self.env._("The customer's answer is recorded once, after the notice."))
        super()._check_write(vals)
