from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...base.tables import table
from ...base.true_only import true_only
from ...base.trust import is_trusted


class WaterCaseMixin(models.AbstractModel):
    """Whoever of the staff is the customer himself has no part in his case (回避, S2.1.4, E9).

    The record rules ask ``is_own_matter``: he follows it on the customer's pages, as others do,
    and sees nothing else of it. So does whoever holds its account or acts for it.
    """

    _inherit = "water.case.mixin"

    #: fields that name the customer of a case, or who speaks for him; rooms add theirs
    _customer_fields = frozenset({"partner_id"})
    _reactions = {"partner_id": ("_on_customer_named",)}

    is_own_matter = fields.Boolean(
        compute="_compute_is_own_matter",
        search="_search_is_own_matter",
        compute_sudo=True,
        export_string_translation=False,
    )

    @api.depends(lambda self: ("account_id", *sorted(table(self, "_customer_fields"))))
    @api.depends_context("uid")
    def _compute_is_own_matter(self):
        """Whether the user is its customer."""
        me = self.env.user
        own = any(me._water_own_matters())
        for case in self:
            case.is_own_matter = own and case._is_matter_of(me)

    @api.model
    @true_only
    def _search_is_own_matter(self):
        accounts, models_ = self.env.user._water_own_matters()
        own = Domain("account_id", "in", accounts)
        if self._name in models_:
            me = self.env.user.partner_id.id
            own |= Domain.OR(Domain(name, "=", me) for name in table(self, "_customer_fields"))
        return own

    @api.model
    def _names_customer(self, person):
        """Whether any case of this type names the contact."""
        names = table(self, "_customer_fields")
        named = Domain.OR(Domain(name, "=", person.id) for name in names)
        return bool(self.search_count(named, limit=1))

    def _is_matter_of(self, user):
        """Whether the case is that of ``user``: his own, of his account, or as who speaks."""
        case, person = self.sudo(), user.sudo().partner_id
        accounts, _models = user._water_own_matters()
        named = any(person == case[name] for name in table(self, "_customer_fields"))
        return named or case.account_id.id in accounts

    def _customer_users(self):
        """Members of the staff whose matter the cases are."""
        cases = self.sudo()
        people = cases.account_id._own_people()
        return self._staff_among(people.union(*(cases[n] for n in table(self, "_customer_fields"))))

    def _staff_among(self, people):
        """The users of those of ``people`` who work here."""
        staff = people.sudo().filtered(lambda person: not person.partner_share).user_ids
        return staff.filtered(lambda user: not user.share).with_env(self.env)

    def _check_access(self, operation):
        """Say in words why his own matter is closed to him."""
        found = super()._check_access(operation)
        if found and any(case.is_own_matter for case in found[0].filtered("id")):
            return found[0], self._own_matter_error
        return found

    def _own_matter_error(self):
        return AccessError(
            self.env._(
                "This is your own matter as a customer: others handle it. You follow it on the"
                " customer's pages."
            )
        )

    # -- he does not get it -------------------------------------------------------------------

    @api.model
    def _is_own_draft(self, vals):
        """Whether a case to come is the matter of whoever takes it down."""
        me = self.env.user
        named = any(vals.get(name) == me.partner_id.id for name in table(self, "_customer_fields"))
        return named or vals.get("account_id") in me._water_own_matters()[0]

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._remember_customers()

    def _on_customer_named(self, before, vals):
        self._remember_customers()

    def _remember_customers(self):
        cases = self.sudo()
        for name in table(self, "_customer_fields"):
            cases[name]._forget_own_matters()

    @api.constrains("first_responsible_id", "user_id", "account_id", "partner_id")
    def _check_handled_by_others(self):
        """Whoever handles it is not found to be its customer by those who write down."""
        user = self.env.user
        if user.id == SUPERUSER_ID or not user._is_internal() or is_trusted(self.env):
            return  # doors and jobs turn nobody away; he sees no more of it
        for case in self:
            for user in case.first_responsible_id | case.user_id:
                case._check_no_own_matter(user)

    def _check_handler(self, user):
        for case in self:
            case._check_no_own_matter(user)
        super()._check_handler(user)

    def _check_no_own_matter(self, user):
        """:raises UserError: where the case is the matter of ``user``, a member of the staff"""
        if not user.share and self._is_matter_of(user):
            raise UserError(
                self.env._(
                    "%(case)s is the matter of %(person)s as a customer: somebody else handles it."
                    " Where nobody is left, a manager decides who does.",
                    case=self.name,
                    person=user.sudo().name,
                )
            )

    def _desk_handler(self):
        return super()._desk_handler().filtered(lambda user: not self._is_matter_of(user))

    # -- whoever takes his own matter down ----------------------------------------------------

    def web_save(self, vals, specification, next_id=None):
        """Save as Odoo does; whoever may not see what he has just taken down gets back the number.

        What he typed is shown to him this once, with its number and promise: no rows, nothing of
        others.
        """
        if self or next_id:
            return super().web_save(vals, specification, next_id)
        case = self.create(vals)
        if case._filtered_access("read"):
            return case.with_context(bin_size=True).web_read(specification)
        shown = {name: {} for name in specification if self._is_plain(name)}
        # sudo: case - what the user has just typed, and what the system made of it
        row = case.sudo().web_read(shown)[0]
        return [{**dict.fromkeys(specification, False), **self._no_rows(specification), **row}]

    @api.model
    def _is_plain(self, name):
        field = self._fields[name]
        return not field.relational and self._has_field_access(field, "read")

    @api.model
    def _no_rows(self, specification):
        return {n: [] for n in specification if self._fields[n].type in ("one2many", "many2many")}
