from odoo import models


class WaterPackageWizard(models.TransientModel):
    """Promise one date for a data package, at the counter and in the dialog."""

    _inherit = "water.package.wizard"

    def _promised(self):
        """Return ``(amount, unit)`` by the guide in force, else by the standard, or None."""
        category = self.env.ref("water_service_desk.category_pd01", raise_if_not_found=False)
        if not category:
            return None
        company = self.env.company
        # sudo: water.guide, water.category - the promised times are public
        guide = self.env["water.guide"].sudo()._in_force_for(category, company)[-1:]
        if guide.promised_days:
            return guide.promised_days, "working_day"
        path, severity = category.sudo().parent_path, category.sudo().severity
        facts = ("water.request", company.id, severity, False, False, path, self.asked_on)
        lines = self.env["water.standard"]._lines_by_facts(*facts)
        promised = ((line.amount, line.unit) for line in lines if line.kind == "close")
        return next(promised, None)
