from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.trust import is_trusted


class WaterComplaintPartMixin(models.AbstractModel):
    """A part of an investigation or settlement of a complaint, and who may add to it.

    Everyone who may read the complaint reads it; the department that accepted the work, the people
    responsible and supervisors work on it (S3.2.2b).
    """

    _name = "water.complaint.part.mixin"
    _inherit = ["water.guard.mixin", "water.case.link.mixin"]
    _description = "Part of a Complaint's Investigation or Settlement"
    _allow_sudo_commands = False
    _sealed_with_case = True
    _dossier_order = 30
    _dossier = True

    complaint_id = fields.Many2one(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Create rows without readonly values, ignoring context defaults."""
        if is_trusted(self.env):
            return super().create(vals_list)
        self._refuse_readonly_on_create(vals_list)
        clean = self._without_readonly_defaults()
        rows = super(WaterComplaintPartMixin, clean).create(vals_list).with_env(self.env)
        rows._check_worker()
        return rows

    def write(self, vals):
        if not is_trusted(self.env):
            self._check_by_hand(vals.keys())
        return super().write(vals)

    def _check_by_hand(self, names):
        """Refuse fields that are not edited by hand; heirs add their own.

        :param names: the fields that are written
        """
        self._refuse_readonly(set(names))
        if "complaint_id" in names:
            raise AccessError(self._readonly_message())
        self._check_worker()

    @api.model
    def _last_of(self, complaint, name):
        """Return the highest number in field ``name`` among the rows of ``complaint``, else 0.

        Concurrent counts collide on the event chain, and one of them starts again.
        """
        # sudo: unreadable rows count too
        rows = self.sudo()._read_group([("complaint_id", "=", complaint.id)], [], [f"{name}:max"])
        return rows[0][0] or 0

    def _check_worker(self):
        """Check that the user works on the complaints and that they are open.

        :raises AccessError: for users who may only read
        :raises UserError: for a finished complaint
        """
        self.complaint_id._check_investigator()

    def unlink(self):
        # no ondelete method: a key in the context of a remote call would pass it by
        self._check_unlink()
        # sudo: no role has the right to delete; what may go was asked just before
        return super(WaterComplaintPartMixin, self.sudo()).unlink()

    def _check_unlink(self):
        """Refuse deletion, also for superusers; heirs name exceptions."""
        raise AccessError(self.env._("What was found out and agreed on is not deleted."))
