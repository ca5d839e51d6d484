from odoo import api, models

from odoo.addons.water_service_desk.api.models.water_case_api import iso

#: Field of the interface → field of the customer's form.
FIELDS = {"reason": "appeal_reason", "demand": "appeal_demand"}


class WaterApi(models.AbstractModel):
    """Appeals in an app: filed, followed, taken back (S3.2.4)."""

    _inherit = "water.api"

    @api.model
    def appeals(self, external_id=None, channel=None):
        """The appeals against the answer to a complaint.

        :return: ``can_appeal``, ``until`` (its last day) and ``appeals``: list of ``number``,
            ``state``, ``status``, ``filed_at``, ``decided_at``, ``decision`` and ``text``
        """
        case = self._find(self._enter("appeals"), external_id, channel)
        return self._appeals(case)

    @api.model
    def appeal(self, external_id=None, values=None, files=None, step_id=None, channel=None):
        """Ask for a review of the answer.

        :param values: ``reason``, and as far as there are ``demand``, ``new_evidence``,
            ``certificate_number`` and ``certificate_issuer``
        :param files: evidence, as in ``submit``
        :param step_id: the step's own number; the same twice files it once
        """
        channels = self._enter("appeal")
        case = self._find(channels, external_id, channel)
        typed = {FIELDS.get(name, name): text for name, text in self._texts(values).items()}
        self._step(case, "appeal", typed, files, step_id, (channels, channel))
        return self._appeals(case)

    @api.model
    def withdraw_appeal(self, external_id=None, step_id=None, channel=None):
        """Withdraw the customer's appeal."""
        channels = self._enter("withdraw_appeal")
        case = self._find(channels, external_id, channel)
        self._step(case, "unappeal", {}, None, step_id, (channels, channel))
        return self._appeals(case)

    @api.model
    def _appeals(self, case):
        if "appeal_ids" not in case._fields:
            return {"can_appeal": False, "until": None, "appeals": []}
        day, rows = case._appeal_last_day(), case._own_appeals().sorted("id")
        return {
            "can_appeal": case._portal_permits("appeal"),
            "until": day.isoformat() if day else None,
            "appeals": [self._appeal_row(case, row) for row in rows],
        }

    @api.model
    def _appeal_row(self, case, appeal):
        shown = case._portal_appeal_row(appeal)
        return {
            "number": appeal.name,
            "state": appeal.state,
            "status": shown["status"],
            "filed_at": iso(appeal.filed_at),
            "decided_at": iso(appeal.decided_at) if shown["decided"] else None,
            "decision": shown["decision"],
            "text": shown["text"],
        }
