from datetime import timedelta

from odoo import api, fields, models

from ...base.moments import short_writer
from ...base.trust import trusted

#: Reasons for a reveal; free words go into the note.
REASONS = [
    ("appointment", "Arrange or announce a visit"),
    ("question", "Ask the customer back"),
    ("identity", "Check who the customer is"),
    ("delivery", "Correct how the customer is reached"),
    ("review", "Quality review or inspection"),
    ("other", "Something else"),
]
#: A record that one user opens again within this time is logged once.
WINDOW = timedelta(hours=1)
KINDS = [
    ("reveal", "Revealed"),
    ("export", "Exported"),
    ("read", "Read in bulk"),
    ("open", "Case opened"),
    ("erase", "Erased"),
    ("package", "Handed to the Person"),
]


class WaterPrivacyLog(models.Model):
    """Reads, exports and erasures of personal data: by whom, when and why (S2.2.4).

    Written by the system alone, and never changed or deleted. It names records and fields, not the
    data.
    """

    _name = "water.privacy.log"
    _inherit = [
        "water.choice.name.mixin",
        "water.readonly.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Privacy Log"
    _dossier = False  # about who has looked, and it goes on afterwards
    _order = "id desc"
    _rec_name = "kind"
    _allow_sudo_commands = False
    _case_required = False

    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", string="Person", required=True, readonly=True, ondelete="restrict"
    )
    model = fields.Char(required=True, readonly=True)
    model_label = fields.Char(string="Of What", compute="_compute_labels")
    record_name = fields.Char(string="Record", readonly=True, help="Its number, never a name.")
    account_id = fields.Many2one("water.account", readonly=True, index="btree_not_null")
    field_names = fields.Json(readonly=True)
    field_labels = fields.Char(string="Fields", compute="_compute_labels")
    row_count = fields.Integer(string="Records", readonly=True)
    domain = fields.Char(string="Filter", readonly=True)
    is_masked = fields.Boolean(
        string="Masked", readonly=True, help="Personal data left the house masked."
    )
    is_large = fields.Boolean(string="Above the Limit", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    note = fields.Char(readonly=True)
    company_id = fields.Many2one(required=True)

    _person_idx = models.Index("(user_id, at)")

    @api.depends("model", "field_names")
    @api.depends_context("lang")
    def _compute_labels(self):
        """Show names of models in the reader's language; uninstalled ones keep their technical
        name.
        """
        for row in self:
            model = self.env.get(row.model)
            # sudo: ir.model - the name of a kind of record
            label = self.env["ir.model"].sudo()._get(row.model).name if model is not None else ""
            row.model_label = label or row.model
            names = row.field_names or []
            row.field_labels = ", ".join(self._field_label(model, name) for name in names)

    @api.model
    def _field_label(self, model, path):
        labels = []
        for name in path.split("/"):
            field = model._fields.get(name) if model is not None else None
            labels.append(field._description_string(self.env) if field else name)
            model = self.env.get(field.comodel_name) if field and field.comodel_name else None
        return "/".join(labels)

    @api.model
    def _readonly_message(self):
        return self.env._("The privacy log is written by the system alone.")

    @api.model
    def _keep(self, kind, model, **values):
        """Write one row about the present user.

        :param kind: key of ``KINDS``
        :param model: name of the model whose records it is about
        :return: the row
        """
        # sudo: water.privacy.log - written here alone
        return trusted(self.sudo()).create(
            {
                "kind": kind,
                "model": model,
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                **values,
            }
        )

    @api.model
    def _when_writable(self, write):
        """Call ``write(env)``; after a read-only request, in a transaction of its own."""
        if not self.env.cr.readonly:
            write(self.env)
            return

        def later():
            with self.env.registry.cursor() as cr:
                write(self.env(cr=cr))

        self.env.cr.postcommit.add(later)

    @api.model
    def _note_opened(self, record, kind="open"):
        """Log that the present user opened a record, once within the hour (S2.2.4).

        :param record: one record with ``_erasure_name`` and ``_erasure_links``
        :param kind: key of ``KINDS``
        """
        # sudo: the record's number and links, for the log
        named = record.sudo()
        about = {
            "model": record._name,
            "record_name": named._erasure_name(),
            **named._erasure_links(),
        }
        since = fields.Datetime.now() - WINDOW
        domain = [("kind", "=", kind), ("user_id", "=", self.env.uid), ("at", ">", since)]
        domain += [(name, "=", value) for name, value in about.items()]
        # sudo: water.privacy.log - rows of the present user
        if not self.sudo().search_count(domain, limit=1):
            self._when_writable(lambda env: env[self._name]._keep(kind, **about))

    @api.model
    def _revealed_lately(self):
        since = fields.Datetime.now() - WINDOW
        # sudo: water.privacy.log - a person's own count
        return self.sudo().search_count(
            [("kind", "=", "reveal"), ("user_id", "=", self.env.uid), ("at", ">", since)]
        )

    def _warn(self, group, subject):
        """Notify the users of a group about the row.

        :param group: XML id of a group
        :param subject: function of an environment in the reader's language that returns the subject
        """
        # sudo: res.groups - that such people exist is no secret
        people = self.env.ref(group).sudo().all_user_ids
        told = people.filtered(lambda user: self.company_id in user.company_ids)

        def compose(env):
            row = self.with_env(env).sudo()
            moment = short_writer(env, row.company_id._water_tz())(row.at)
            parts = (moment, row.model_label, row.record_name, row.field_labels, row.note)
            return subject(env), " · ".join(part for part in parts if part)

        self.env["water.staff.message"]._tell(told, compose)
