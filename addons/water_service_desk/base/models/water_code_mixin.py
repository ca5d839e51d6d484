from itertools import count

from odoo import models


class WaterCodeMixin(models.AbstractModel):
    """Rows that people know by a code of their own: a copy is another one, with a free code."""

    _name = "water.code.mixin"
    _description = "Known by a Code"

    def copy_data(self, default=None):
        """A further version keeps the code, and so does another company's own: they say which."""
        rows = super().copy_data(default=default)
        if {"code", "version", "company_id"} & (default or {}).keys():
            return rows
        taken = set()
        for row, vals in zip(self, rows, strict=True):
            vals["code"] = row._free_code(taken)
            taken.add(vals["code"])
        return rows

    def _free_code(self, taken=()):
        # sudo: a code may be taken by a row of another company, of which no more is told
        everything = self.sudo().with_context(active_test=False)
        known = {*everything.search([("code", "=like", f"{self.code}-%")]).mapped("code"), *taken}
        codes = (f"{self.code}-{number}" for number in count(2))
        return next(code for code in codes if code not in known)
