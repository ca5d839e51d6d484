from odoo import api, models

ARCHIVE = "water.archive"


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _water_archive_numbers(self, company, count):
        # sudo: ir.sequence - numbers are drawn for users who may not read sequences
        sequences = self.sudo()
        domain = [("code", "=", ARCHIVE), ("company_id", "=", company.id)]
        sequence = sequences.search(domain, limit=1) or sequences._water_add_archive(company)
        return sequence._water_next(company, count)

    @api.model
    def _water_add_archive(self, companies):
        """The sequences of companies that have none."""
        return self.create(
            [
                {
                    "name": f"Water archive {company.name}",
                    "code": ARCHIVE,
                    "prefix": "DA%(range_year)s-",
                    "padding": 5,
                    "use_date_range": True,
                    "company_id": company.id,
                }
                for company in companies
            ]
        )
