import json

from odoo import api, models
from odoo.http import request
from odoo.models import fix_import_export_id_paths

from ...base.roles import QUALITY
from ..masking import mask_account, mask_all, mask_email, mask_name

PRIVACY = "water_service_desk.group_privacy"
STAFF = (
    "water_service_desk.group_agent,water_service_desk.group_department,"
    "water_service_desk.group_quality,water_service_desk.group_integration"
)
#: Odoo's own models that exports of ours lead to.
FOREIGN_MASKS = {
    "mail.message": {
        "body": mask_all,
        "preview": mask_all,
        "email_from": mask_email,
        "reply_to": mask_email,
        "record_name": mask_all,
    },
    "mail.followers": {"name": mask_name, "display_name": mask_name, "email": mask_email},
}
#: What stands in the cell of a link to such a record.
LABEL_MASKS = {"res.partner": mask_name, "water.account": mask_account}
#: Up to here nobody asks how many: a page of a list.
PAGE = 80


class WaterExportMixin(models.AbstractModel):
    """Keeps who takes data out of the house, and takes personal data out masked (S2.2.4).

    Whatever the door (the export of a list, a remote call), it comes by ``export_data``; what
    is read in bulk by remote calls is kept too when it holds personal data.
    """

    _name = "water.export.mixin"
    _description = "Exports are Kept"

    @api.model
    def _export_masks(self):
        """{field: mask} of the personal data of the model; heirs add theirs."""
        return {}

    def export_data(self, fields_to_export):
        """Export as Odoo does; the privacy log comes first, and stays if the export fails."""
        if not (self and self._may_export()):
            return super().export_data(fields_to_export)
        self.check_access("read")
        paths = [fix_import_export_id_paths(path) for path in fields_to_export]
        masks = {
            place: mask
            for place, path in enumerate(paths)
            if (mask := self._export_mask("/".join(path)))
        }
        masked = bool(masks) and not self._exports_plain()
        names = ["/".join(path) for path in paths]
        with self.env.registry.cursor() as cr:
            log = self.with_env(self.env(cr=cr)).env["water.privacy.log"]
            self._keep_bulk(log, "export", names, masked)
        result = super().export_data(fields_to_export)
        for row in result["datas"] if masked else ():
            for place, mask in masks.items():
                row[place] = mask(row[place]) if isinstance(row[place], str) else row[place]
        return result

    @api.model
    def _may_export(self):
        """Odoo's own condition: who is refused has taken nothing out."""
        return self.env.is_admin() or self.env.user.has_group("base.group_allow_export")

    def _read_format(self, fnames, load="_classic_read"):
        """Whoever reads personal data of very many at once is kept in the privacy log.

        All ways of reading by remote calls come by here.
        """
        if len(self) > PAGE and not self.env.su:
            names = self._personal_among(fnames)
            if names and 0 < self.env.company.water_export_limit < len(self):
                self._keep_bulk(self.env["water.privacy.log"], "read", names, False)
        return super()._read_format(fnames, load)

    @api.model
    def _personal_among(self, names):
        """The fields with personal data among ``names`` that the user may read."""
        return sorted(
            name
            for name in self._export_masks()
            if name in names and self._has_field_access(self._fields[name], "read")
        )

    @api.model
    def _export_mask(self, path):
        """The mask of a column, or None.

        :param path: field names from this model on, joined by ``/``
        """
        model, names = self, path.split("/")
        for name in names[:-1]:
            field = model._fields.get(name)
            if not (field and field.comodel_name):
                return None
            model = self.env[field.comodel_name]
        if names[-1] in (".id", "id"):
            return None
        own = model._export_masks() if hasattr(model, "_export_masks") else {}
        masks = own or FOREIGN_MASKS.get(model._name, {})
        field = model._fields.get(names[-1])
        return masks.get(names[-1]) or (field and LABEL_MASKS.get(field.comodel_name))

    @api.model
    def _exports_plain(self):
        """Privacy officers, and people who have nothing to do with the water service."""
        user = self.env.user
        return self.env.su or user.has_group(PRIVACY) or not user.has_groups(STAFF)

    def _keep_bulk(self, log, kind, names, masked):
        """Write the log, and tell quality when it is much.

        :param log: the log's model in the environment that keeps it
        """
        limit = self.env.company.water_export_limit
        count = len(self)
        row = log._keep(
            kind,
            self._name,
            field_names=names,
            row_count=count,
            domain=self._export_domain(),
            is_masked=masked,
            is_large=bool(limit) and count > limit,
        )
        if row.is_large:
            person = self.env.user.name
            row._warn(
                QUALITY,
                lambda env: env._(
                    "%(person)s has taken out %(count)s records", person=person, count=count
                ),
            )

    @api.model
    def _export_domain(self):
        """The filter of the list that is exported, as far as the browser has said it."""
        if not (request and request.httprequest.path.startswith("/web/export/")):
            return False
        try:
            return json.dumps(json.loads(request.params["data"])["domain"], ensure_ascii=False)
        except (KeyError, TypeError, ValueError):
            return False
