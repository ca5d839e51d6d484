from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterCaseMixin(models.AbstractModel):
    """Anonymise survey answers with the case they are about."""

    _inherit = "water.case.mixin"

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        # sudo: water.satisfaction.survey.line - erasing a case needs no access to surveys
        lines = self.env["water.satisfaction.survey.line"].sudo()
        link = self.env["water.deadline"]._case_field(self._name)
        for line in trusted(lines.search([(link, "=", self.id)])):
            former = scrubber.tree(line.former) if line.former else line.former
            line.write({**self._scrubbed(line, ("words",), scrubber), "former": former})
