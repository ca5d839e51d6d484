from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY


class WaterAssessedMixin(models.AbstractModel):
    """A deduction or reward of a user or department: by which case, and who may not decide.

    Users may not assess themselves or the department that they head (S2.4). The number of the case
    is stored as text, since the person assessed may not be allowed to open it.
    """

    _name = "water.assessed.mixin"
    _description = "Assessment for or against"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    department_id = fields.Many2one(
        "water.department", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    case_model = fields.Char(readonly=True, copy=False)
    case_id = fields.Many2oneReference(
        string="Row of the Case",
        model_field="case_model",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    complaint_id = fields.Many2one(
        "water.complaint", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    about = fields.Char(string="Case", readonly=True)
    source = fields.Char(readonly=True, copy=False, help="The row that it follows from.")

    @api.model
    def _case_values(self, case):
        is_complaint = case._name == "water.complaint"
        return {
            "case_model": case._name,
            "case_id": case.id,
            "about": case.name,
            "complaint_id": case.id if is_complaint else False,
        }

    def _barred(self):
        row = self.sudo()
        heads = (row.department_id | row.user_id.water_department_ids).manager_id
        return row.user_id | row.department_id.member_ids | heads

    def _check_decides(self):
        """Refuse deciding except by quality and managers who are not barred.

        :raises AccessError: why
        """
        self.check_access("read")
        user = self.env.user
        if not any(user.has_group(group) for group in (QUALITY, MANAGER)):
            raise AccessError(self.env._("Quality and managers decide on this."))
        for row in self:
            if user in row._barred():
                raise AccessError(
                    self.env._(
                        "You cannot decide on yourself, your own department or your own entry."
                    )
                )

    def action_open_case(self):
        """Open the case; its own rules apply there."""
        self.ensure_one()
        self.check_access("read")
        if self.case_model not in ("water.complaint", "water.inquiry", "water.request"):
            return False
        return windows.form(self.env[self.case_model].browse(self.case_id))
