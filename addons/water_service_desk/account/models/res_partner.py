from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...base.isolated import run_each_isolated
from ...base.locks import restart_if_missed, share
from ...base.roles import CASE_GROUPS, CONTACT_GROUPS, SUPERVISOR
from ...base.tables import remembered
from ...base.true_only import true_only
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...privacy.masking import mask_address, mask_email, mask_name, mask_phone
from ...privacy.models.water_export_mixin import STAFF
from ..initials import initials

#: Text fields of the privacy log.
LOGGED = ("domain", "note", "record_name")
#: The field by which an account names its holder.
HELD = ("water.account", "partner_id")
#: Fields that only supervisors edit.
MARK = frozenset(
    {
        "water_vexatious",
        "water_vexatious_reason",
        "water_vexatious_review_on",
        "water_vexatious_by_id",
    }
)
#: Fields on a contact card.
ON_CARD = ("name", "phone", "email", "street")


class ResPartner(models.Model):
    """A customer as a contact: exports are logged and masked, personal data can be erased."""

    _name = "res.partner"
    _inherit = ["res.partner", "water.export.mixin", "water.erasure.mixin"]
    _package = (
        *("name", "phone", "email", "street", "street2", "city", "zip", "lang"),
        *("water_wechat_openid", "create_date"),
    )

    water_wechat_openid = fields.Char(
        string="WeChat OpenID",
        copy=False,
        groups=CASE_GROUPS,
        help="The customer's identity with the company's official account.",
    )
    water_initials = fields.Char(
        string="Initials",
        compute="_compute_water_initials",
        store=True,
        groups=CASE_GROUPS,
        help="Initials of the name in pinyin: typing “zw” finds 张伟.",
    )
    # looked up for every ringing telephone
    phone_sanitized = fields.Char(index="btree_not_null")

    #: names are searched by their beginning in any collation of the database
    _water_name_idx = models.Index("(name text_pattern_ops)")
    _water_initials_idx = models.Index("(water_initials text_pattern_ops)")
    #: colleagues among all the customers: what departments read
    _water_staff_idx = models.Index("(id) WHERE partner_share IS NOT TRUE")

    water_is_customer = fields.Boolean(
        string="Customer of the Water Service",
        compute="_compute_water_is_customer",
        search="_search_water_is_customer",
        groups=CASE_GROUPS,
    )

    water_is_open = fields.Boolean(
        string="Open to Other Apps",
        compute="_compute_water_is_open",
        search="_search_water_is_open",
        groups=CASE_GROUPS,
    )

    water_vexatious = fields.Boolean(
        string="Caller with Repeated Abuse",
        copy=False,
        groups=CONTACT_GROUPS,
        index="btree_not_null",
    )
    water_vexatious_reason = fields.Char(string="Why Marked", copy=False, groups=CONTACT_GROUPS)
    water_vexatious_review_on = fields.Date(
        string="Mark Reviewed on",
        copy=False,
        groups=CONTACT_GROUPS,
        help="On this day a supervisor is asked whether the mark still holds.",
    )
    water_vexatious_by_id = fields.Many2one(
        "res.users", string="Marked by", readonly=True, copy=False, groups=CONTACT_GROUPS
    )

    @api.depends("name")
    def _compute_water_initials(self):
        for partner in self:
            partner.water_initials = initials(partner.name) or False

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {
            "name": mask_name,
            "water_initials": mask_name,
            "display_name": mask_name,
            "complete_name": mask_name,
            "phone": mask_phone,
            "phone_sanitized": mask_phone,
            "email": mask_email,
            "email_normalized": mask_email,
            "email_formatted": mask_email,
            "street": mask_address,
            "street2": mask_address,
            "contact_address": mask_address,
            "vat": mask_phone,
        }

    def _export_customers(self):
        # sudo: res.partner - only whether they are customers is read
        people = self.sudo().filtered("partner_share")
        if not self.env.user.has_groups(STAFF):
            people = people.filtered("water_is_customer")
        return people.with_env(self.env)

    # -- erasure --------------------------------------------------------------------------

    def _own_addresses(self):
        if self.is_company:
            return self.browse()
        below = [("parent_id", "=", self.id), ("type", "!=", "contact")]
        return self.with_context(active_test=False).search(below).with_env(self.env)

    def _water_cases(self):
        return {
            model: self.env[model].search([("partner_id", "=", self.id)])
            for model in self.env["water.case.link.mixin"]._case_models().values()
        }

    def _check_eraser(self):
        """Refuse an erasure if the user may not read all of the customer's cases.

        :raises UserError: as the package does, which shows all of them
        """
        super()._check_eraser()
        if not self.env.su and any(person._has_closed_matters() for person in self):
            raise UserError(
                self.env._(
                    "Some of it is closed to you, such as a complaint about yourself or of another"
                    " company: another privacy officer erases it."
                )
            )

    def _has_closed_matters(self):
        mine = self.env.user.company_ids.ids
        his = [("partner_id", "in", (self | self._own_addresses()).ids)]
        for model in ("water.account", *self._water_cases()):
            rows = self.env[model].with_context(active_test=False, allowed_company_ids=mine)
            # sudo: how many there are, to say that some are closed
            if rows.sudo().search_count(his) > rows.search_count(his):
                return True
        return False

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if not self.partner_share or self.ref_company_ids:
            hindrances.append(self.env._("it is a colleague or a company of the house"))
        if self.env["water.account"].search_count([("partner_id", "=", self.id)], limit=1):
            hindrances.append(self.env._("it holds an open account"))
        for place in self._own_addresses():
            hindrances += place._erasure_hindrances()
        for cases in self._water_cases().values():
            for case in cases.filtered(lambda case: not case.erased_at):
                why = case._erasure_hindrances()
                hindrances += [f"{case.name}: {reason}" for reason in why]
        return hindrances

    def _erasure_words(self):
        return [self.name, self.phone, self.email, self.street]

    def _erase(self, reason):
        """Erase the contact, and re-check for cases filed meanwhile."""
        super()._erase(reason)
        for model, name in self._named_in():
            restart_if_missed(
                self.env[model].with_context(active_test=False), [(name, "=", self.id)]
            )

    def _named_in(self):
        """Hook: ``(model, field)`` of rows that prevent an erasure, or are erased with the
        contact.
        """
        return [*((model, "partner_id") for model in self._water_cases()), HELD]

    def _check_known(self):
        """Lock the contacts; a concurrent erasure waits, and sees the rows added meanwhile.

        :raises UserError: for an erased contact, which must not be named again
        """
        # sudo: res.partner - only whether they were erased is read
        people = self.sudo()
        share(people)
        if people.filtered("erased_at"):
            raise UserError(
                self.env._(
                    "This customer's data was erased. Enter new contacts from this person as a new "
                    "customer."
                )
            )

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        for place in self._own_addresses().filtered(lambda place: not place.erased_at):
            place._erase(reason)
        for cases in self._water_cases().values():
            cases._anonymise(reason)
        logins = self.with_context(active_test=False).user_ids
        for login in logins:
            login.write({"active": False, "login": f"erased-{login.id}", "signature": False})
        self._erase_elsewhere(scrubber)
        self.env["bus.bus"]._forget(self.message_ids)
        self.message_ids.unlink()
        files = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        either = ["|", ("res_field", "=", False), ("res_field", "!=", False)]
        self.env["ir.attachment"].search(files + either).unlink()

    def _erasure_places(self):
        """Return {model: its fields} that may contain the contact's words; other addons
        add theirs.
        """
        return {
            "ir.filters": ("name", "domain", "context"),
            "ir.embedded.actions": ("name", "domain", "context"),
            "ir.default": ("json_value",),
            "water.privacy.log": LOGGED,
        }

    def _erase_elsewhere(self, scrubber):
        """Erase the contact from saved filters, the privacy log, mails and SMS."""
        words = [word for word in self._erasure_words() if word]
        for model, names in self._erasure_places().items():
            rows = trusted(self.env[model].with_context(active_test=False))
            known = Domain.OR(Domain(name, "ilike", word) for name in names for word in words)
            for row in rows.search(known):
                named = [name for name in names if scrubber.knows(row[name])]
                row.write({name: scrubber(row[name]) for name in named})
        mails, reach = self.env["mail.mail"], Domain("recipient_ids", "in", self.ids)
        if self.email:
            reach |= Domain("email_to", "ilike", self.email)
        mails.search(reach)._erase_sent()
        numbers = [number for number in (self.phone, self.phone_sanitized) if number]
        if "sms.sms" in self.env:  # of an app that need not be there
            self.env["sms.sms"].search([("number", "in", numbers)]).unlink()

    def _erase_values(self, scrubber):
        gone = ("phone", "email", "street", "street2", "zip", "vat", "website", "comment", "ref")
        return {
            **super()._erase_values(scrubber),
            **dict.fromkeys(gone, False),
            "name": self.env._("Erased customer %s", self.id),
            "function": False,
            "water_wechat_openid": False,
            "image_1920": False,
            "active": False,
        }

    # -- customer ------------------------------------------------------------------------------
    # Which contacts are customers of the water service.
    #
    # Computed, not stored: every contact named by a case, an account or another row of ours is a
    # customer. Rules of contacts ask it for users without a role in the service (S2.2.4).

    def _water_links(self):
        """``(table, column)`` of the rows of ours that name a contact; without index, none."""
        return remembered(
            self,
            "rows that name contacts",
            lambda: [
                (model._table, name)
                for model in self.env.values()
                if model._name.startswith("water.") and not (model._abstract or model._transient)
                for name, field in model._fields.items()
                if field.comodel_name == "res.partner" and field.store and field.index
            ],
        )

    def _water_named(self, contact, links):
        return SQL("(%s)", SQL(" OR ").join(self._water_row(contact, *link) for link in links))

    def _water_row(self, contact, table, column):
        column = SQL.identifier(table, column)
        return SQL("EXISTS (SELECT FROM %s WHERE %s = %s)", SQL.identifier(table), column, contact)

    def _compute_water_is_customer(self):
        self._water_answer("water_is_customer")

    @true_only
    def _search_water_is_customer(self):
        """Include further addresses of customers, and the people of a customer company."""
        links = self._water_links()
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "(%s OR %s)",
                model._water_named(SQL.identifier(alias, "id"), links),
                model._water_named(SQL.identifier(alias, "commercial_partner_id"), links),
            )
        )

    @api.depends_context("uid")
    def _compute_water_is_open(self):
        self._water_answer("water_is_open")

    @true_only
    def _search_water_is_open(self):
        return self._water_open()

    @api.model
    def _water_open(self):
        """Return the domain of contacts known to users without our roles; other addons add
        theirs.
        """
        me = self.env.user
        near = (me.partner_id | me.company_ids.partner_id).ids
        return (
            Domain("partner_share", "=", False)
            | Domain("id", "in", near)
            | Domain("user_id", "=", me.id)
            | Domain("water_is_customer", "=", False)
        )

    def _water_answer(self, name):
        # sudo: res.partner - only whether they are customers is read
        found = self.sudo().with_context(active_test=False)
        found = found.search([(name, "=", True), ("id", "in", self.ids)])
        for contact in self:
            contact[name] = contact._origin.id in found._ids

    # -- vexatious -----------------------------------------------------------------------------
    # A caller who misuses the hotline: marked by a supervisor, and only for a time.
    #
    # The mark warns agents; the customer's cases are handled like all others.

    @api.model_create_multi
    def create(self, vals_list):
        marked = any(vals.get(name) for vals in vals_list for name in MARK)
        if marked and not is_trusted(self.env):
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if MARK & vals.keys() and not is_trusted(self.env):
            self._refuse_by_hand()
        return super().write(vals)

    @api.model
    def _refuse_by_hand(self):
        raise AccessError(self.env._("A supervisor marks repeated abuse with the button."))

    def _mark_vexatious(self, is_marked, reason, review_on):
        """Mark the caller as vexatious, or remove the mark (投诉滥用).

        :param is_marked: whether the caller is vexatious
        :param reason: the behaviour, required for a mark
        :param review_on: date of the review, required for a mark
        :raises AccessError: for anyone below supervisor
        :raises ValidationError: without reason or date, or for a past date
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_mark()
        if is_marked:
            self._check_mark(reason, review_on)
        values = {
            "water_vexatious": is_marked,
            "water_vexatious_reason": is_marked and reason,
            "water_vexatious_review_on": is_marked and review_on,
            "water_vexatious_by_id": self.env.uid,
        }
        # sudo: res.partner - supervisors do not edit contacts otherwise
        partner = trusted(self.sudo())
        partner.write(values)
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        partner.activity_ids.filtered(lambda todo: todo.activity_type_id == kind).action_done()
        state = self.env._("Marked for repeated abuse: %s", reason) if is_marked else ""
        partner._message_log(body=state or self.env._("No longer marked for repeated abuse."))

    @api.model
    def _check_may_mark(self):
        """Let supervisors alone mark callers, since an agent might be in a quarrel with them.

        :raises AccessError: for anyone below supervisor
        """
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor marks a caller for repeated abuse."))

    @api.model
    def _check_mark(self, reason, review_on):
        if not strip_invisible(reason):
            raise ValidationError(self.env._("Say why the caller is marked for repeated abuse."))
        if not review_on or review_on <= self.env.company._water_today():
            raise ValidationError(
                self.env._("Name the day to come on which the mark is looked at again.")
            )

    def _vexatious_alert(self):
        """Return the warning for agents; "" without a mark."""
        if not (self and self.water_vexatious):
            return ""
        return self.env._(
            "Marked for repeated abuse: %(reason)s. Register the matter all the same."
            " Review on %(day)s.",
            reason=self.water_vexatious_reason,
            day=fields.Date.to_string(self.water_vexatious_review_on),
        )

    @api.model
    def _cron_review_vexatious(self):
        kind = self.env.ref("water_service_desk.mail_activity_type_vexatious")
        marks = [("water_vexatious", "=", True), ("water_vexatious_review_on", "!=", False)]
        due = self.search(marks).filtered(
            lambda row: row.water_vexatious_review_on <= row._vexatious_company()._water_today()
        )
        run_each_isolated(due, type(self)._ask_vexatious, kind)

    def _vexatious_company(self):
        """Return the company of the mark: customers belong to all companies."""
        return self.company_id or self.water_vexatious_by_id.company_id or self.env.company

    def _ask_vexatious(self, kind):
        """Ask the author of the mark to review it, once.

        :param kind: mail.activity.type of the to-do
        """
        asked = self.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
        supervisor = self.water_vexatious_by_id.filtered("active")
        user = supervisor or self._vexatious_company()._water_asked_user()
        if not asked and user:
            localized = self.with_context(lang=user.lang)
            self.activity_schedule(
                activity_type_id=kind.id,
                user_id=user.id,
                summary=localized.env._("Does the mark “repeated abuse” still hold?"),
            )

    # -- card ----------------------------------------------------------------------------------
    # Contacts that leave by other ways than lists (S2.2.4).

    def _get_vcard_file(self):
        """Treat a contact card as an export: logged, and only for users who export unmasked.

        :raises AccessError: for users who export customers masked
        """
        customers = self._export_customers()
        if customers and self.env.user._is_internal():
            export = self.env["water.export"]
            if export._masks_of(customers, ON_CARD):
                raise AccessError(
                    self.env._("Contacts leave the house in masked lists, not as cards.")
                )
            export._keep_export(customers, ON_CARD, False)
        return super()._get_vcard_file()
