from odoo import api, models
from odoo.tools import SQL

from ..dry_run import dry_numbers


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _water_numbers(self, code, count):
        """Draw ``count`` numbers of the sequence ``code`` with one query for the batch.

        :param code: code of a sequence with the standard (gaps allowed) implementation
        :param count: how many numbers
        :return: list of formatted numbers
        """
        dry = dry_numbers(count)
        if dry:
            return dry
        # sudo: ir.sequence - numbers are drawn for users who may not read sequences
        sequence = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        # by the company's day: visitors and scheduled actions have no time zone of their own
        here = sequence.with_context(tz=self.env.company._water_tz())
        prefix, suffix = here._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for (number,) in rows]
