from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.isolated import run_each_isolated

from ..periods import first_day

#: Counted by the scheduled action; others are entered or imported.
COUNTED = ("accounts", "to_sign", "signed")


class WaterBaseFigure(models.Model):
    """A quantity of a month that rates are divided by, such as accounts.

    Accounts of each zone and signatures under standards are counted every night for the present
    month, so that a month keeps the number of its last night. Other numbers (earlier months,
    standards on paper) are entered or imported.
    """

    _name = "water.base.figure"
    _inherit = ["water.choice.name.mixin", "water.mixin"]
    _description = "Base Figure"
    _order = "month desc, kind, zone_id, department_id, id"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("accounts", "Customer accounts"),
            ("to_sign", "Signatures due under standards"),
            ("signed", "Signatures given"),
        ],
        required=True,
        index=True,
    )
    month = fields.Date(required=True, index=True, help="Its first day.")
    zone_id = fields.Many2one(
        "water.zone", string="Supply Zone", index="btree_not_null", ondelete="restrict"
    )
    department_id = fields.Many2one("water.department", index="btree_not_null", ondelete="restrict")
    quantity = fields.Integer(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _figure_uniq = models.UniqueIndex(
        "(company_id, kind, month, COALESCE(zone_id, 0), COALESCE(department_id, 0))",
        "This figure is known already.",
    )

    @api.constrains("month", "quantity")
    def _check_figure(self):
        for row in self:
            if row.month.day != 1:
                raise ValidationError(self.env._("%s is not the first day of a month.", row.month))
            if row.quantity < 0:
                raise ValidationError(self.env._("A quantity is not below 0."))

    @api.model
    def _cron_count(self):
        """Scheduled action: count the present month of each company."""
        run_each_isolated(self.env["res.company"].search([("active", "=", True)]), self._count)

    @api.model
    def _count(self, company):
        found = self._accounts_of(company) | self._signatures_of(company)
        self._keep(company, first_day("month", company._water_today()), found)

    @api.model
    def _accounts_of(self, company):
        """Return ``{(kind, zone id, department id): quantity}`` of the accounts in use."""
        groups = self.env["water.account"]._read_group(
            [("company_id", "=", company.id)], ["zone_id"], ["__count"]
        )
        return {("accounts", zone.id, False): count for zone, count in groups}

    @api.model
    def _signatures_of(self, company):
        """Return the same for standards in force: required and given signatures."""
        documents = self.env["water.staff.document"].search(
            [("company_id", "=", company.id), ("state", "=", "in_force")]
        )
        signed = sum(len(row.signature_ids.user_id - row.missing_ids) for row in documents)
        due = signed + sum(documents.mapped("missing_count"))
        if not due:
            return {}
        return {("to_sign", False, False): due, ("signed", False, False): signed}

    @api.model
    def _keep(self, company, month, found):
        """Replace the earlier numbers of the same month."""
        month_rows = [
            ("company_id", "=", company.id),
            ("month", "=", month),
            ("kind", "in", COUNTED),
        ]
        known = {
            (row.kind, row.zone_id.id, row.department_id.id): row for row in self.search(month_rows)
        }
        for key, row in known.items():
            if row.quantity != found.get(key, 0):
                row.quantity = found.get(key, 0)
        self.create(
            [
                {
                    "company_id": company.id,
                    "month": month,
                    "kind": kind,
                    "zone_id": zone,
                    "department_id": department,
                    "quantity": quantity,
                }
                for (kind, zone, department), quantity in found.items()
                if (kind, zone, department) not in known
            ]
        )
