from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import CASE_GROUPS, SUPERVISOR
from ...base.words import strip_invisible
from .water_privacy_log import REASONS

SUPERVISORS = SUPERVISOR
#: Characters that a reason in free words has at least.
NOTE_LENGTH = 4


class WaterRevealMixin(models.AbstractModel):
    """Shows masked personal data to a person who says why, for the look only (S2.2.4)."""

    _name = "water.reveal.mixin"
    _description = "Reveals Personal Data"

    #: fields that can be revealed
    _revealable = ()

    can_reveal = fields.Boolean(compute="_compute_can_reveal", export_string_translation=False)

    @api.depends_context("uid")
    def _compute_can_reveal(self):
        for record in self:
            record.can_reveal = record._may_reveal()

    def _may_reveal(self):
        """Return whether the user may reveal the data with a reason; heirs extend it."""
        return self.env.user.has_groups(CASE_GROUPS)

    def reveal_reasons(self):
        """The reasons to choose from: (key, text in the reader's language) pairs."""
        self.check_access("read")
        return self.env["water.privacy.log"]._fields["reason"]._description_selection(self.env)

    def reveal(self, names=(), reason=False, note=False):
        """Return masked data to a user with a reason; logged in the privacy log.

        :param names: fields of :attr:`_revealable`
        :param reason: key of the reasons
        :param note: more words, required for the reason ``other``
        :raises AccessError: for users who do not need the data, or reveal too much
        :raises UserError: without a reason, or for a field that cannot be revealed
        :return: {field: value}, which is stored nowhere
        """
        self.ensure_one()
        self.check_access("read")
        names = self._check_reveal(names, reason, note)
        self._keep_reveal(names, reason, strip_invisible(note))
        # sudo: the protected fields, after the check above
        return {name: self.sudo()[name] or "" for name in names}

    def _check_reveal(self, names, reason, note):
        asked = names if isinstance(names, list | tuple) else ()
        names = [name for name in self._revealable if name in asked]
        if not names:
            raise UserError(self.env._("No masked data to reveal here."))
        if reason not in dict(REASONS):
            raise UserError(self.env._("Choose why you need to see it."))
        if reason == "other" and len(strip_invisible(note)) < NOTE_LENGTH:
            raise UserError(self.env._("Say in a few words why you need to see it."))
        if not self._may_reveal():
            raise AccessError(
                self.env._("Personal data is shown while the work is with your department.")
            )
        return names

    def _keep_reveal(self, names, reason, note):
        """Write the log, and notify supervisors of unusually many reveals."""
        log, owner = self.env["water.privacy.log"], self.sudo().company_id or self.env.company
        limit = owner.sudo().water_reveal_limit
        count = log._revealed_lately() + 1
        if limit and count > limit:
            raise AccessError(
                self.env._(
                    "You have looked at %(limit)s customers within the hour, which is the limit."
                    " Your supervisor has been told; ask there if you need more.",
                    limit=limit,
                )
            )
        row = log._keep(
            "reveal",
            self._name,
            record_name=self._reveal_name(),
            field_names=names,
            row_count=1,
            reason=reason,
            note=note or False,
            is_large=bool(limit) and count == limit,
            **self._reveal_links(),
        )
        if row.is_large:
            row._warn(SUPERVISORS, lambda env: self._reveal_warning(env, limit))

    @api.model
    def _reveal_warning(self, env, limit):
        person = self.env.user.name
        return env._(
            "%(person)s has looked at the data of %(limit)s customers within an hour",
            person=person,
            limit=limit,
        )

    def _reveal_name(self):
        return self.display_name

    def _reveal_links(self):
        return {}
