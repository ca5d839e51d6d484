from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.trust import is_trusted

#: Fields of attachments that are no evidence.
HARMLESS = frozenset({"access_token", "index_content", "website_id"})


class IrAttachment(models.Model):
    """The files of an archived complaint and of its rows stay as they are (S3.2.4b)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_water_sealed(
            [
                (vals.get("res_model"), vals.get("res_id"))
                for vals in vals_list
                if not vals.get("res_field")
            ],
            added=True,
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - HARMLESS:
            self._check_water_sealed(self._water_owners())
            self._check_water_sealed([(vals.get("res_model"), vals.get("res_id"))], added=True)
        return super().write(vals)

    def unlink(self):
        self._check_water_sealed(self._water_owners())
        return super().unlink()

    def _water_owners(self):
        # sudo: ir.attachment - only the owner of the files is read, not their content
        return [(file.res_model, file.res_id) for file in self.sudo()]

    @api.model
    def _check_water_sealed(self, owners, added=False):
        """Refuse to change files of archived complaints, also for superusers.

        :param owners: [(model name, id)]
        :param added: check only the case itself; its rows have guards of their own
        """
        if is_trusted(self.env):
            return
        ids = defaultdict(set)
        for model, number in owners:
            if number and (model == "water.complaint" or (not added and self._water_part(model))):
                ids[model].add(number)
        cases = self.env["water.complaint"].sudo()
        for model, numbers in ids.items():
            rows = self.env[model].sudo().browse(numbers).exists()
            cases |= rows if model == "water.complaint" else rows.complaint_id
        lock_rows(cases)
        if any(case.state == "archived" for case in cases):
            raise AccessError(self.env._("Files of an archived complaint stay as they are."))

    @api.model
    def _water_part(self, model):
        return bool(model) and getattr(self.env.get(model), "_sealed_with_case", False)
