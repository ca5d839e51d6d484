from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..dry_run import dry_numbers


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _water_numbers(self, code, owners):
        """Draw numbers of the sequence ``code`` with one query for each company.

        A row is numbered by its own company, whichever company its author works for: customers,
        scheduled actions and people of two companies create rows of another one.

        :param code: code of a sequence
        :param owners: the rows; or for new rows the ids of their companies, a false value for the
            present one
        :return: list of formatted numbers, in the order of ``owners``
        :raises UserError: if there is no such sequence, or its prefix is invalid
        """
        here = self.env.company.id
        if isinstance(owners, models.BaseModel):
            owners = [row.company_id.id for row in owners]
        # invalid ids are refused with the row itself
        owners = [owner if type(owner) is int and owner > 0 else here for owner in owners]
        drawn = {
            owner: iter(self.with_company(owner)._water_drawn(code, count))
            for owner, count in Counter(owners).items()
        }
        return [next(drawn[owner]) for owner in owners]

    @api.model
    def _water_drawn(self, code, count):
        """``count`` numbers of the present company, formatted."""
        dry = dry_numbers(count)
        if dry:
            return dry
        # sudo: ir.sequence - numbers are drawn for users who may not read sequences
        sequence = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        if not sequence:
            raise UserError(
                self.env._(
                    "There are no numbers for this: the sequence “%(code)s” is missing or archived."
                    " An administrator restores it under Technical / Sequences.",
                    code=code,
                )
            )
        return sequence._water_next(self.env.company, count)

    def _water_next(self, company, count):
        """Return the next ``count`` numbers of this sequence, formatted by its settings.

        By the company's day: visitors and scheduled actions have no time zone of their own.
        """
        today = company._water_today() if self.use_date_range else None
        here = self.with_context(tz=company._water_tz())
        if self.implementation != "standard":
            return [here._next(today) for _number in range(count)]
        table = f"ir_sequence_{self.id:03d}"
        if self.use_date_range:
            span = here._get_current_sequence(today)
            here = here.with_context(ir_sequence_date_range=span.date_from)
            table = f"{table}_{span.id:03d}"
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", table, count)
        )
        prefix, suffix = here._get_prefix_suffix()
        return [f"{prefix}{number:0{self.padding}d}{suffix}" for (number,) in rows]
