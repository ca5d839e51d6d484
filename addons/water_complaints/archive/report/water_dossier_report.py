from odoo import api, models
from odoo.exceptions import AccessError


class WaterDossierReport(models.AbstractModel):
    """The PDF dossier in a sealed file (S3.2.4b): made by the system, printed by nobody."""

    _name = "report.water_complaints.report_dossier"
    _description = "Dossier of a Complaint"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values of one dossier.

        :param docids: the id of one complaint
        :param data: ``dossier`` as gathered and ``files`` with their members
        :raises AccessError: for whoever comes by another way than the sealing
        """
        if not (self.env.su and data and data.get("dossier")):
            raise AccessError(self.env._("A dossier is made when a complaint is sealed."))
        case = self.env["water.complaint"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "water.complaint",
            "docs": case,
            "lang": self.env.lang,
            "dossier": data["dossier"],
            "files": data["files"],
            "checklist": case._checklist(),
            "events": case.event_ids.sorted("id"),
            "marks": {
                "done": self.env._("complete"),
                "absent": self.env._("does not apply"),
                "missing": self.env._("missing"),
            },
        }
