from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.trust import is_trusted

#: Who edits the facts of a case; everybody else writes down his own work only.
DESK_GROUPS = ("water_service_desk.group_agent",)
SUPERVISOR = "water_service_desk.group_supervisor"


class WaterGuardMixin(models.AbstractModel):
    """Keeps from hand what only the course of a case may change, whatever the door.

    Readonly fields of Odoo bind the screen alone: a remote caller, an import or a default in
    the context would get through without this.
    """

    _name = "water.guard.mixin"
    _description = "Guards what the System Keeps"

    #: what others than the desk may write: what they found and did
    _worker_fields = frozenset({"user_id", "state", "stage_id"})

    @api.model
    def _kept_fields(self):
        """Fields that only the course of a case writes; heirs add their own."""
        return {
            "name",
            "received_at",
            "company_id",
            "closed_at",
            "first_contact_at",
            "next_due_at",
            "next_due_kind",
            "has_provisional",
            "deadline_state",
            "urgency",
            "is_restricted",
            "phone_normalized",
            "email_normalized",
            "original_responsible_id",
            "rejection_count",
            "sent_to",
            "submission_key",
        } | (self._audit_protected() | self._external_protected())

    @api.model
    def _kept_at_birth(self):
        """Fields that a new case must not bring; an import knows when it was received."""
        return self._kept_fields() - {
            "name",
            "received_at",
            "company_id",
            "original_responsible_id",
            "submission_key",  # brought by a customer's door alone, see water.portal.mixin
        }

    @api.model_create_multi
    def create(self, vals_list):
        if is_trusted(self.env):
            return super().create(vals_list)
        kept = self._kept_at_birth()
        for vals in vals_list:
            if any(vals.pop(name, False) for name in kept):
                raise UserError(self.env._("This is kept by the system."))
        context = {
            key: value
            for key, value in self.env.context.items()
            if not (isinstance(key, str) and key.removeprefix("default_") in kept)
        }
        clean = self.with_context(context)  # pylint: disable=context-overridden
        return super(WaterGuardMixin, clean).create(vals_list)

    def write(self, vals):
        # legal hold has a guard of its own, and is set on sealed cases too
        facts = {name: vals[name] for name in vals if name != "legal_hold"}
        if facts and not is_trusted(self.env):
            self._check_write(facts)
        return super().write(vals)

    def _check_write(self, vals):
        """Refuse edits of what the system keeps, and of the customer's own words."""
        if self._kept_fields() & vals.keys():
            raise UserError(self.env._("This is kept by the system."))
        if "verbatim" in vals and any(
            case.verbatim and case.verbatim != vals["verbatim"] for case in self
        ):
            raise UserError(self.env._("The customer's own words are never edited."))
        self._check_external_limit(vals)
        others = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if others - self._worker_fields and not self._is_desk():
            raise AccessError(
                self.env._(
                    "Only service agents change the facts of a case; write down your own work."
                )
            )

    def _check_external_limit(self, vals):
        """A clock runs by the limit of a forwarding body: moving it is no agent's affair."""
        limits = {"external_due_at", "external_return_until"} & vals.keys()
        if not limits or self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        for name in limits:
            new = fields.Datetime.to_datetime(vals[name]) or False
            if any(case[name] and case[name] != new for case in self):
                raise UserError(
                    self.env._(
                        "Only a supervisor changes the limit that a forwarding body has set."
                    )
                )

    @api.model
    def _is_desk(self):
        return self.env.su or any(self.env.user.has_group(group) for group in DESK_GROUPS)
