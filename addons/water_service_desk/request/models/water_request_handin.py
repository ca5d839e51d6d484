from odoo import api, models
from odoo.fields import Domain

from ...intake.filing import FilingError, parse_id

#: States in which materials are still taken in.
TAKES = ("registered", "notified")


class WaterRequest(models.Model):
    """The customer hands in the materials of his application on his page (S2.3.2b).

    He sees what has been asked for once, what of it is there, what is refused and why, and hands
    in each material by itself. What he sends is kept with the application and is checked by the
    clerk like everything else: only he says that it is correct.
    """

    _inherit = "water.request"

    def _portal_actions(self):
        return super()._portal_actions() | {"material": "_portal_material"}

    def _portal_can(self, action):
        if action == "material":
            return bool(self._portal_open_materials())
        return super()._portal_can(action)

    def _portal_open_materials(self):
        """The materials that the customer may still hand in or replace."""
        # sudo: water.request.material - of the customer's own case
        case = self.sudo()
        takes = case.notice_issued_at and case.state in TAKES
        return case.material_ids.filtered(lambda row: takes and row.state != "correct")

    def _portal_owed_materials(self):
        """Those of them that we wait for."""
        return self._portal_open_materials().filtered(
            lambda row: row.state == "incorrect" or (row.mandatory and row.state == "missing")
        )

    def _portal_waits_for(self):
        actions = super()._portal_waits_for()
        return actions if self._portal_owed_materials() else actions - {"material"}

    @api.model
    def _portal_waiting_domain(self):
        owed = Domain("state", "=", "incorrect")
        owed |= Domain("mandatory", "=", True) & Domain("state", "=", "missing")
        takes = Domain("notice_issued_at", "!=", False) & Domain("state", "in", TAKES)
        return super()._portal_waiting_domain() | (takes & Domain("material_ids", "any", owed))

    def _portal_material(self, values, files=()):
        """The customer hands in one material of the checklist."""
        number = parse_id(values.get("material_id"))
        row = self._portal_open_materials().filtered(lambda row: row.id == number)
        if not row:
            message = self.env._("This material has been checked meanwhile, or was not asked for.")
            raise FilingError({"form": message})
        if not files:
            raise FilingError({"files": self.env._("Choose a photo or a file of the material.")})
        faults = self._file_faults(files)
        if faults:
            raise FilingError({"files": "\n".join(faults)})
        attachments = self._store_files(files)
        self._publish(attachments)
        row._hand_in(attachments)
        self._post_from_customer(self.env._("Handed in: %s", row.name), attachments)

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "material_supplied": self.env._("You have handed in a material"),
        }

    def _portal_shown_files(self):
        """What was handed in for a material stands with it."""
        return super()._portal_shown_files() - self.sudo().material_ids.file_ids

    # -- what he reads ----------------------------------------------------------------------------

    def _portal_materials(self):
        """The checklist as it stands: what is there, what is missing, what is refused and why."""
        if not self.notice_issued_at:
            return []
        rows, shown = self.sudo().material_ids, self.sudo().published_attachment_ids
        states = {
            "missing": self.env._("Still missing"),
            "optional": self.env._("Not handed in"),
            "supplied": self.env._("Handed in, being checked"),
            "correct": self.env._("Received and correct"),
            "incorrect": self.env._("Not correct: please upload it again"),
        }
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        still_open = self._portal_open_materials()
        optional = rows.filtered(lambda row: row.state == "missing" and not row.mandatory)
        return [
            {
                "id": row.id,
                "name": row.name,
                "kind": kinds[row.kind],
                "copies": row.copies,
                "note": row.note or "",
                "state": row.state,
                "label": states["optional" if row in optional else row.state],
                "reason": (row.reason or "") if row.state == "incorrect" else "",
                "mandatory": row.mandatory,
                "files": [self._portal_file_card(file) for file in row.file_ids & shown],
                "can": row in still_open,
            }
            for row in rows
        ]

    def _portal_materials_given(self):
        """How many are there of those that are needed; refused ones are not there."""
        wanted = self.sudo().material_ids.filtered("mandatory")
        given = wanted.filtered(lambda row: row.state in ("supplied", "correct"))
        return {
            "given": len(given),
            "wanted": len(wanted),
            "text": self.env._(
                "%(given)s of the %(wanted)s materials that are needed have been handed in.",
                given=len(given),
                wanted=len(wanted),
            ),
        }

    def _portal_page(self):
        return super()._portal_page() | {
            "materials": self._portal_materials(),
            "progress": self._portal_materials_given(),
        }
