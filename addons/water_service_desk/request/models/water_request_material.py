from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.files import Files
from ...base.locks import lock_rows
from ...base.trust import is_trusted, is_uninstalling, trusted
from ...base.words import strip_invisible
from .water_guide_material import COPY_KINDS

#: Fields of the clerk; name and kind come from the guide.
CHECK_FIELDS = frozenset({"state", "reason"})


class WaterRequestMaterial(models.Model):
    """One material of an application: asked for once, supplied, checked."""

    _name = "water.request.material"
    _inherit = ["water.mixin"]
    _description = "Material of a Request"
    _order = "request_id, sequence, id"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "water.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    guide_material_id = fields.Many2one(
        "water.guide.material", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    sequence = fields.Integer(default=90, readonly=True)
    name = fields.Char(string="Material", required=True, readonly=True)
    kind = fields.Selection(COPY_KINDS, required=True, default="both", readonly=True)
    copies = fields.Integer(default=1, readonly=True)
    mandatory = fields.Boolean(default=True, readonly=True)
    note = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("missing", "Not there yet"),
            ("supplied", "Supplied"),
            ("correct", "Correct"),
            ("incorrect", "Incorrect"),
        ],
        required=True,
        default="missing",
    )
    reason = fields.Char(help="What is wrong with what was supplied.")
    file_ids = Files(
        "ir.attachment",
        string="Handed in",
        readonly=True,
        help="What the customer has handed in for it on their page.",
    )
    checked_at = fields.Datetime(readonly=True)
    checked_by_id = fields.Many2one("res.users", string="Checked by", readonly=True)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(
                self.env._("Materials come from the guide; ask for another with the button.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if is_trusted(self.env):
            return super().write(vals)
        if vals.keys() - CHECK_FIELDS:
            raise UserError(self.env._("Only the state of a material is changed, with a reason."))
        for row in self:
            row._check_step(vals)
        stamp = {"checked_at": fields.Datetime.now(), "checked_by_id": self.env.uid}
        result = super().write(vals | stamp)
        if "state" in vals:
            for request, rows in self.grouped("request_id").items():
                rows._log_check(request)
        return result

    def _check_step(self, vals):
        """Refuse marking missing materials as incorrect, or without a reason."""
        self.request_id._check_clerk()
        lock_rows(self.request_id)
        if self.request_id.state not in ("registered", "notified"):
            raise UserError(self.env._("The application is past the check of its materials."))
        state = vals.get("state", self.state)
        if state != "incorrect":
            return
        if self.state == "missing":
            raise UserError(
                self.env._(
                    "“%(name)s” has not been supplied, so it cannot be incorrect.", name=self.name
                )
            )
        if not strip_invisible(vals.get("reason", self.reason)):
            raise UserError(self.env._("Say what is incorrect with “%(name)s”.", name=self.name))

    def _log_check(self, request):
        for row in self:
            payload = {"material": row.name, "state": row.state, "reason": row.reason or ""}
            request._log_events("material_checked", payload)

    def _hand_in(self, attachments):
        self.ensure_one()
        links = [fields.Command.link(file.id) for file in attachments]
        trusted(self.sudo()).write({"state": "supplied", "reason": False, "file_ids": links})
        files = {file.name: file.checksum for file in attachments}
        self.request_id._log_events("material_supplied", {"material": self.name, "files": files})

    def _mark(self, state, reason=False):
        """Write ``state`` of several materials in one step.

        :param state: value of the field
        :param reason: what is incorrect
        """
        self.write({"state": state, "reason": reason})

    @api.ondelete(at_uninstall=True)
    def _unlink_with_the_guide_only(self):
        for row in self.browse() if is_uninstalling(self.env) else self:
            if row.request_id._materials_fixed() or not is_trusted(self.env):
                raise UserError(self.env._("A material stays on the list."))
