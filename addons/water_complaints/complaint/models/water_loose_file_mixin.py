from odoo import api, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterLooseFileMixin(models.AbstractModel):
    """Link files that were uploaded before the record existed to it.

    Odoo shows a file without a record only to its uploader: those who decide would see no evidence.
    """

    _name = "water.loose.file.mixin"
    _description = "Takes in Its Files"
    _file_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if any(vals.keys() & set(self._file_fields) for vals in vals_list):
            rows._take_in_files()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(self._file_fields):
            self._take_in_files()
        return result

    def _take_in_files(self):
        # sudo: ir.attachment - loose files of the user
        for row in self.sudo():
            for name in self._file_fields:
                loose = row[name].filtered(
                    lambda file: not file.res_id and file.create_uid == self.env.user
                )
                trusted(loose).write({"res_model": self._name, "res_id": row.id})
