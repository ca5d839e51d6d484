from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED


class WaterComplaint(models.Model):
    """Anonymous complaints about one unit in one week are one matter until told otherwise (E5)."""

    _inherit = "water.complaint"

    _reactions = {"department_complained_id": ("_on_unit_complained",)}

    counts_for_rates = fields.Boolean(
        string="Counts for Satisfaction and Call-backs",
        compute="_compute_counts_for_rates",
        store=True,
        help="Anonymous, withdrawn, merged and unaccepted complaints count for the volume alone.",
    )

    _anonymous_unit_idx = models.Index(
        "(department_complained_id, received_at) WHERE is_anonymous IS TRUE"
    )

    @api.depends("is_anonymous", "state")
    def _compute_counts_for_rates(self):
        for case in self:
            left_out = case.state in NOT_JUDGED
            case.counts_for_rates = not (case.is_anonymous or left_out)

    @api.model
    def _is_about_staff(self, vals):
        category = self.env["water.category"].sudo().browse(vals.get("category_id"))
        about = category.about_staff or category.parent_id.about_staff
        return about or vals.get("person_complained_id")

    def _link_anonymous(self):
        """Anonymous complaints about one unit in one week are one matter until told otherwise."""
        nameless = self.filtered(lambda case: case.is_anonymous and case.department_complained_id)
        # what is handled again is no further complaint
        nameless = nameless.filtered(lambda case: not case.is_follow_up)
        for case in nameless.sudo().sorted("received_at"):
            first = case._first_of_week()
            if first and first != case and not case.repeat_ids:
                why = self.env._("Anonymous, about the same unit, in the same week.")
                case._set_repeat(first, why)

    def _first_of_week(self):
        """The earliest anonymous complaint about the unit in the calendar week of this one."""
        zone = ZoneInfo(self.company_id._water_tz())
        local = self.received_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        monday = (local - timedelta(days=local.weekday())).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        begin = monday.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        found = self.search(
            [
                ("is_anonymous", "=", True),
                ("department_complained_id", "=", self.department_complained_id.id),
                ("company_id", "=", self.company_id.id),
                ("received_at", ">=", begin),
                ("received_at", "<=", self.received_at),
                ("id", "!=", self.id),
                ("state", "not in", NOT_JUDGED),
            ],
            order="received_at, id",
            limit=1,
        )
        return found._root()

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        for vals in vals_list:
            if vals.get("is_anonymous") and self._is_about_staff(vals):
                vals["is_confidential"] = True

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._link_anonymous()

    def _on_unit_complained(self, before, vals):
        if vals["department_complained_id"]:
            self.filtered(lambda case: not case.repeat_of_id)._link_anonymous()
