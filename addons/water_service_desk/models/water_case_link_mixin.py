from odoo import api, fields, models
from odoo.tools import sql

#: The column for each case type; an addon that brings a case type brings its column.
CASE_FIELDS = ("inquiry_id", "request_id", "complaint_id")


class WaterCaseLinkMixin(models.AbstractModel):
    """A row that belongs to exactly one case of any type, by a real foreign key."""

    _name = "water.case.link.mixin"
    _description = "Belongs to a Case"

    inquiry_id = fields.Many2one("water.inquiry", index="btree_not_null", ondelete="restrict")
    request_id = fields.Many2one("water.request", index="btree_not_null", ondelete="restrict")
    case_name = fields.Char(string="Case", compute="_compute_case_name")
    case_subject = fields.Char(string="Matter", compute="_compute_case_name")

    def _auto_init(self):
        """Keep the CHECK in step with the case columns that the installed addons bring."""
        result = super()._auto_init()
        if self._auto and not self._abstract:
            self._sync_case_check()
        return result

    def _sync_case_check(self):
        columns = sql.table_columns(self.env.cr, self._table)
        present = [name for name in CASE_FIELDS if name in columns]
        name = f"{self._table}_one_case"
        definition = f"CHECK (num_nonnulls({', '.join(present)}) = 1)"
        current = sql.constraint_definition(self.env.cr, self._table, name)
        if current and current != definition:
            sql.drop_constraint(self.env.cr, self._table, name)
        if current != definition:
            sql.add_constraint(self.env.cr, self._table, name, definition)

    @api.model
    def _case_models(self):
        """Link field → case model, for the case types that are installed."""
        return {
            name: self._fields[name].comodel_name for name in CASE_FIELDS if name in self._fields
        }

    @api.model
    def _case_field(self, model):
        """The link field that points to cases of ``model``."""
        return next(name for name, comodel in self._case_models().items() if comodel == model)

    def _case(self):
        """The one case this row belongs to."""
        self.ensure_one()
        return next(self[name] for name in self._case_models() if self[name])

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_case_name(self):
        for row in self:
            # sudo: case - number and matter are shown to whoever may read the row
            case = row.sudo()._case()
            row.case_name, row.case_subject = case.name, case.subject

    def action_open_case(self):
        """Open the case's form (its own access rules apply there)."""
        case = self._case()
        return {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "views": [(False, "form")],
        }
