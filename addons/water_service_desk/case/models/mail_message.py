from odoo import api, models
from odoo.exceptions import AccessError

from ...base.trust import is_trusted, trusted

#: What a message says, and whose it is; marks of its readers are left to them.
WORDS = frozenset(
    {
        *("subject", "body", "date", "author_id", "email_from", "model", "res_id"),
        *("message_type", "subtype_id", "attachment_ids", "tracking_value_ids", "parent_id"),
    }
)


class MailMessage(models.Model):
    """The threads of cases are added to, and never altered: messages, notes and tracking.

    Odoo lets everybody edit and delete what he wrote, and whoever may write the record what others
    wrote; a remote caller names any author. Nothing said about a case is evidence that way.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if not (self.env.su or is_trusted(self.env)):
            self._check_water_author(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        words = WORDS & vals.keys()
        if words and not (words == {"subject"} and self._is_only_named(vals["subject"])):
            self._check_water_thread()
        return super().write(vals)

    def _is_only_named(self, subject):
        """Odoo's mail to the readers writes a heading where a message has none: no word changes."""
        said = {" ".join((row.subject or "").split()) for row in self}
        return self.env.su and said <= {"", " ".join((subject or "").split())}

    def unlink(self):
        # a mail that was sent takes its own copy along, which is no word in the thread
        sent = self.env.su and all(row.message_type == "email_outgoing" for row in self)
        if sent:
            return super(MailMessage, trusted(self)).unlink()
        self._check_water_thread()
        return super().unlink()

    @api.model
    def _water_cases(self):
        """Names of the models of cases."""
        return set(self.env["water.case.link.mixin"]._case_models().values())

    @api.model
    def _check_water_author(self, vals_list):
        """Whoever writes is the author.

        :raises AccessError: for a message in another's name
        """
        cases, me = self._water_cases(), self.env.user.partner_id.id
        for vals in vals_list:
            named = "email_from" in vals or vals.get("author_id")
            if vals.get("model") in cases and named and vals.get("author_id") != me:
                raise self._not_in_ones_own_name()

    @api.model
    def _not_in_ones_own_name(self):
        return AccessError(self.env._("Nobody writes in the name of another."))

    def _check_water_thread(self):
        """Refuse whatever would change the thread of a case, whoever asks."""
        # sudo: mail.message - asked whose they are, not what they say
        if not is_trusted(self.env) and self._water_cases() & set(self.sudo().mapped("model")):
            raise AccessError(
                self.env._(
                    "What was said about a case stays as it is. Write another message instead."
                )
            )
