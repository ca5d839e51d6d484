from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import is_trusted, is_uninstalling, trusted
from odoo.addons.water_service_desk.base.turns import meet
from odoo.addons.water_service_desk.base.words import said

#: What nobody relies on in a rule that has been used: how it is called and shown, and its end.
FREE_FIELDS = frozenset({"active", "name", "sequence", "valid_to", "confirm_note", "doubt"})
#: How a rule is called, shown and explained.
SHOWN = frozenset({"name", "sequence", "doubt", "source", "confirm_note"})
#: Tags of figures that no source was read for.
DOUBTFUL = ("VI", "I", "K", "NF")
CONFIRMATION = frozenset({"confirmed_by_id", "confirmed_at"})


class WaterCompensationRule(models.Model):
    """One dated rule: what failure costs how much (domain 4, S3.2.3c).

    A rule that compensations were worked out by is not edited but replaced by its next version.
    """

    _name = "water.compensation.rule"
    _inherit = ["water.cached.mixin", "water.watched.setting.mixin"]
    _description = "Compensation Rule"
    _order = "profile_id, sequence, code, customer_class desc, version desc"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    profile_id = fields.Many2one(
        "water.compensation.profile",
        string="Scheme",
        required=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="profile_id.currency_id")
    company_id = fields.Many2one("res.company", help="Empty: all companies of the scheme.")
    sequence = fields.Integer(default=10)
    valid_from = fields.Date(required=True, default=lambda self: self.env.company._water_today())
    valid_to = fields.Date(help="Last day on which it holds; empty: until it is replaced.")
    active = fields.Boolean(
        string="In Use", default=True, help="Switched off, nothing is worked out by it."
    )
    source = fields.Char(help="Where the figures come from: law and clause, or page.")
    tag = fields.Selection(
        [
            ("V", "Read in a source"),
            ("VI", "Partly inferred"),
            ("I", "Inferred"),
            ("K", "Not confirmed"),
            ("NF", "Not found"),
            ("P", "Own decision"),
            ("F", "Fictitious example"),
        ],
        string="Evidence",
        required=True,
        default="P",
        help="How sure the figures are. What nobody has read in a source is switched off until a"
        " manager confirms it.",
    )
    doubt = fields.Char(translate=True, help="What about it has not been confirmed.")
    confirm_note = fields.Char(
        string="Confirmed By Which Source", copy=False, help="Law, clause or decision, with date."
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    is_doubtful = fields.Boolean(compute="_compute_is_doubtful", export_string_translation=False)
    is_used = fields.Boolean(compute="_compute_is_used", export_string_translation=False)

    _version_uniq = models.UniqueIndex(
        "(profile_id, code, COALESCE(customer_class, ''), COALESCE(company_id, 0), version)",
        "This version of the rule exists already.",
    )
    _dates_sane = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "A rule ends after it begins: choose a later last day.",
    )

    @api.depends("tag", "confirmed_at")
    def _compute_is_doubtful(self):
        for rule in self:
            rule.is_doubtful = rule.tag in DOUBTFUL and not rule.confirmed_at

    def _compute_is_used(self):
        used = self._used()
        for rule in self:
            rule.is_used = rule._origin in used

    @api.depends("code", "name", "customer_class", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        classes = dict(self._fields["customer_class"]._description_selection(self.env))
        for rule in self:
            parts = (rule.code, rule.name, classes.get(rule.customer_class))
            rule.display_name = " · ".join(part for part in parts if part)

    @api.model
    def _watched_names(self):
        """All that people enter, but for how it is called, shown and explained."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and not (field.readonly or field.compute or field.related)
            and name not in SHOWN
            and name not in models.MAGIC_COLUMNS
        ]

    # -- what a rule must be ------------------------------------------------------------------

    @api.constrains("active", "tag", "confirmed_at")
    def _check_confirmed(self):
        for rule in self.filtered("active"):
            if rule.is_doubtful:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: no source was read for this figure. Write down what confirms"
                        " it, then confirm the rule.",
                        rule=rule.display_name,
                    )
                )

    @api.constrains(
        "active",
        "profile_id",
        "trigger",
        "customer_class",
        "company_id",
        "valid_from",
        "valid_to",
    )
    def _check_overlap(self):
        """For one failure of one customer on one day one rule holds, not two."""
        meet(self.profile_id)  # of two who enter one at the same moment, one sees the other's
        for rule in self.filtered("active"):
            domain = [
                ("id", "!=", rule.id),
                ("profile_id", "=", rule.profile_id.id),
                ("trigger", "=", rule.trigger),
                ("customer_class", "=", rule.customer_class),
                ("company_id", "=", rule.company_id.id),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", rule.valid_from),
            ]
            if rule.valid_to:
                domain.append(("valid_from", "<=", rule.valid_to))
            other = self.search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” and “%(other)s” hold for the same failure on the same days:"
                        " let the older one end before the newer one begins.",
                        rule=rule.display_name,
                        other=other.display_name,
                    )
                )

    # -- versions -----------------------------------------------------------------------------

    def _used(self):
        """Hook: those of the rules by which something was worked out."""
        return self.browse()

    def _check_unused(self):
        used = self._used()
        if used:
            raise UserError(
                self.env._(
                    "Compensations were worked out by “%(rule)s”: make a new version and edit"
                    " that.",
                    rule=used[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env) and not self.env.su:
            if any(CONFIRMATION & vals.keys() for vals in vals_list):
                raise UserError(self.env._("Confirm the rule with its button."))
        return super().create(vals_list)

    def write(self, vals):
        if not is_trusted(self.env):
            if (CONFIRMATION | {"version"}) & vals.keys():
                raise UserError(self.env._("Confirm the rule with its button."))
            if vals.keys() - FREE_FIELDS:
                self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_unused(self):
        if not is_uninstalling(self.env):
            self._check_unused()

    def action_new_version(self):
        """Copy the rule as its next version, in force from today, and open it.

        The old version ends the day before; what was worked out by it stays.
        """
        self.ensure_one()
        self.check_access("write")
        domain = [
            ("profile_id", "=", self.profile_id.id),
            ("code", "=", self.code),
            ("customer_class", "=", self.customer_class),
            ("company_id", "=", self.company_id.id),
        ]
        rules = self.with_context(active_test=False)
        newest = rules.search(domain, order="version desc", limit=1)
        today = self.company_id._water_today()
        begin = max(today, self.valid_from + timedelta(days=1))
        self.valid_to = begin - timedelta(days=1)
        number = newest.version + 1
        values = {"valid_from": begin, "valid_to": False, "active": self.active, "version": number}
        values["tag"] = "P" if self.active else self.tag
        version = self.copy(values)
        return windows.form(version)

    def action_confirm(self):
        """A manager vouches for a figure that no source was read for, and switches it on.

        :raises AccessError: for anybody else
        :raises UserError: without a note that says what confirms it
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only a manager confirms a rule."))
        for rule in self:
            if not said(rule.confirm_note):
                raise UserError(
                    self.env._("Write down first which law, clause or decision confirms it.")
                )
            confirmed = {"confirmed_by_id": self.env.uid, "confirmed_at": fields.Datetime.now()}
            trusted(rule).write({**confirmed, "active": True})
        return True

    def action_switch_off(self):
        """Nothing more is worked out by the rule; what was stays."""
        self.check_access("write")
        self.write({"active": False})
        return True
