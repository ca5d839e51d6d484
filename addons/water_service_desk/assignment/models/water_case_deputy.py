from functools import partial

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...base.isolated import run_each_isolated
from ...base.roles import MANAGER, SUPERVISOR
from ...base.tables import table
from ...base.telling import tell_staff
from ...base.true_only import true_only
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible

#: Cases given back per committed batch.
BATCH = 200


class WaterCaseMixin(models.AbstractModel):
    """Deputies of a first responsible person who is away (S3.1.1).

    The first responsible person stays on record and in answers; only work and messages go to the
    deputy.
    """

    _inherit = "water.case.mixin"

    acting_responsible_id = fields.Many2one(
        "res.users",
        string="Deputy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Acts for the first responsible person while they are away.",
    )
    acting_until = fields.Datetime(string="Deputy until", readonly=True, copy=False)
    deputy_ids = fields.Many2many("res.users", string="Deputies so Far", readonly=True, copy=False)

    _acting_idx = models.Index("(acting_until) WHERE acting_until IS NOT NULL")

    #: fields that name the customer or representative of a case; other addons add theirs
    _customer_fields = frozenset({"partner_id"})

    is_own_matter = fields.Boolean(
        compute="_compute_is_own_matter",
        search="_search_is_own_matter",
        compute_sudo=True,
        export_string_translation=False,
    )

    def _acting_responsible(self):
        """Return who acts as the first responsible person: that person, or the deputy.

        After the person has left it is no one: the case stays theirs on record until it is handed
        over, and callers have to choose another person.
        """
        now = fields.Datetime.now()
        deputy = self.acting_responsible_id.filtered("active")
        acts = self.acting_until and self.acting_until > now and deputy
        return deputy if acts else self.first_responsible_id.filtered("active")

    def _whose_turn(self):
        """Return who is notified: the handler, else the acting responsible person.

        Users who have left, or have a deputy, are skipped.
        """
        case = self.sudo()
        return case.user_id.filtered("active") or case._acting_responsible()

    def _desk_handler(self):
        """Return the handler while no department has the case, if the case may be theirs."""
        users = self._acting_responsible().filtered(lambda user: not self._is_matter_of(user))
        return users - self._barred_handlers()

    def _back_to_desk(self):
        """Return the case to the desk when a department's part or a deputy's time is over."""
        self.ensure_one()
        trusted(self.sudo()).user_id = self._desk_handler()

    def _appoint_deputy(self, user, until, reason):
        """Appoint ``user`` as deputy of the first responsible person.

        :param user: res.users who acts
        :param until: naive UTC moment of the return
        :param reason: why, required
        :raises UserError: without a reason or responsible person, below supervisor, or if the
            deputy may not see a case
        :raises ValidationError: for a time in the past
        """
        self.check_access("write")
        self._check_unsealed()
        self._check_deputy(user, until, reason)
        before = self._deputies_now()
        for case in self:
            values = {
                "acting_responsible_id": user.id,
                "acting_until": until,
                "deputy_ids": [fields.Command.link(user.id)],
            }
            if case.user_id in (case._acting_responsible() or case.first_responsible_id):
                values["user_id"] = user.id
            trusted(case).write(values)
            if not case._is_open_to(user):
                raise UserError(
                    self.env._("%(case)s is restricted: hand it over instead.", case=case.name)
                )
        payload = {"to": user.id, "until": until.isoformat(), "reason": reason}
        self._log_events("deputy_appointed", payload)
        self._tell_deputy(user)
        self._tell_relieved(before)
        # sudo: ir.cron - the appointment ends by a scheduled action
        self.env.ref("water_service_desk.ir_cron_deputies").sudo()._trigger(at=until)

    def _check_deputy(self, user, until, reason):
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise UserError(self.env._("Only a supervisor appoints a deputy."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why a deputy is needed."))
        if until <= fields.Datetime.now():
            raise ValidationError(self.env._("The deputy's time must end in the future."))
        for case in self:
            if not case.first_responsible_id or case.first_responsible_id == user:
                raise UserError(
                    self.env._(
                        "%(case)s: choose another person; the first responsible person must be set "
                        "first.",
                        case=case.name,
                    )
                )
        self._check_at_work(user)
        self._check_handler(user)

    def _tell_deputy(self, user):
        tell_staff(
            self,
            user,
            lambda cases: cases.env._("You act as first responsible person: %s cases", len(cases)),
            is_list=True,
        )

    def _deputies_now(self):
        now = fields.Datetime.now()
        acting = self.filtered(lambda case: case.acting_until and case.acting_until > now)
        return acting.grouped("acting_responsible_id")

    def _tell_relieved(self, before):
        for deputy, cases in before.items():
            relieved = cases.filtered(lambda case, he=deputy: case._acting_responsible() != he)
            for person, rows in relieved.grouped(lambda case: case._acting_responsible()).items():
                rows._tell_whose_work(deputy, person)

    def _tell_whose_work(self, deputy, person):
        tell_staff(
            self,
            deputy,
            lambda cases: cases.env._(
                "You no longer act as first responsible person, %(person)s does: %(count)s cases",
                person=person.sudo().name or "–",
                count=len(cases),
            ),
            is_list=True,
        )

    def _hand_over(self, user, reason):
        before = self._deputies_now()
        done = super()._hand_over(user, reason)
        trusted(self).write({"acting_responsible_id": False, "acting_until": False})
        self._tell_relieved(before)
        return done

    def _end_deputy(self):
        """Return the work to the first responsible person at the end of a deputy's time.

        Closed cases have no work left, and archived ones are read-only.
        """
        for case in self.filtered("acting_responsible_id"):
            deputy = case.acting_responsible_id
            trusted(case.sudo()).write({"acting_responsible_id": False, "acting_until": False})
            if case.state in case._final_states:
                continue
            if case.user_id == deputy:
                case._back_to_desk()
            case._log_events("deputy_ended", {"from": deputy.id})
            if not case._acting_responsible():
                case._tell_nobody_answers()

    def _tell_nobody_answers(self):
        tell_staff(
            self,
            self._desk_supervisors(),
            lambda case: case.env._(
                "%s: the deputy's time is over, and who answered for it has left: hand it over",
                case.name,
            ),
        )

    def action_end_deputy(self):
        """End the deputy's time now.

        :raises UserError: by anyone but a supervisor or the first responsible person
        """
        self.check_access("write")
        supervises = self.env.user.has_group(SUPERVISOR)
        if not supervises and any(case.first_responsible_id != self.env.user for case in self):
            raise UserError(self.env._("Only a supervisor ends the time of a deputy."))
        before = self._deputies_now()
        self._end_deputy()
        self._tell_relieved(before)
        return True

    def action_appoint_deputy(self):
        """Open the dialog that appoints a deputy."""
        return self._dialog("water.deputy.wizard", self.env._("Deputy"))

    @api.model
    def _cron_end_deputies(self):
        over = Domain("acting_until", "<=", fields.Datetime.now())
        for model in self.env["water.case.link.mixin"]._case_models().values():
            rows, last = self.env[model], 0
            while cases := rows.search(over & Domain("id", ">", last), order="id", limit=BATCH):
                last = cases[-1].id
                run_each_isolated(cases, type(rows)._end_deputy)
                if not self.env["ir.cron"]._commit_progress(len(cases)):
                    return

    # -- own matter ----------------------------------------------------------------------------
    # Members of staff have no part in their own case as a customer (回避, S2.1.4, E9).
    #
    # The record rules ask ``is_own_matter``: such users follow the case on the customer's pages
    # alone. The same holds for the account's holder and delegates.

    @api.depends(lambda self: ("account_id", *sorted(table(self, "_customer_fields"))))
    @api.depends_context("uid")
    def _compute_is_own_matter(self):
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
        names = table(self, "_customer_fields")
        named = Domain.OR(Domain(name, "=", person.id) for name in names)
        return bool(self.search_count(named, limit=1))

    def _is_matter_of(self, user):
        case, person = self.sudo(), user.sudo().partner_id
        accounts, _models = user._water_own_matters()
        named = any(person == case[name] for name in table(self, "_customer_fields"))
        return named or case.account_id.id in accounts

    def _customer_users(self):
        cases = self.sudo()
        people = cases.account_id._own_people()
        return self._staff_among(people.union(*(cases[n] for n in table(self, "_customer_fields"))))

    def _staff_among(self, people):
        staff = people.sudo().filtered(lambda person: not person.partner_share).user_ids
        return staff.filtered(lambda user: not user.share).with_env(self.env)

    def _check_access(self, operation):
        """Explain to users why their own case is closed to them."""
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

    # -- barred people ------------------------------------------------------------------------

    @api.model
    def _is_own_draft(self, vals):
        """Return whether a new case is the registrar's own."""
        me = self.env.user
        named = any(vals.get(name) == me.partner_id.id for name in table(self, "_customer_fields"))
        return named or vals.get("account_id") in me._water_own_matters()[0]

    def _keep_own_matters(self):
        self._remember_customers()
        for case in self if self._customer_users() else ():  # asked once: hardly ever there is one
            case._keep_own_matter(case._customer_users() - self.env.user, self.env["res.users"])

    def _on_customer_named(self, before, vals):
        self._remember_customers()

    def _remember_customers(self):
        cases = self.sudo()
        for name in table(self, "_customer_fields"):
            cases[name]._forget_own_matters()

    @api.constrains("first_responsible_id", "user_id", "account_id", "partner_id")
    def _check_handled_by_others(self):
        """Refuse handlers who are the case's customer, when users write it."""
        user = self.env.user
        if user.id == SUPERUSER_ID or not user._is_internal() or is_trusted(self.env):
            return  # doors and jobs accept the case; the user cannot read it afterwards
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
                    "%(case)s is the matter of %(person)s as a customer: another person handles "
                    "it. If no one is left, a manager decides.",
                    case=self.name,
                    person=user.sudo().name,
                )
            )

    # -- registered for oneself ---------------------------------------------------------------

    def web_save(self, vals, specification, next_id=None):
        """Save as Odoo does; return only the number to users who may not read the new case.

        Their own input is shown once with number and promise, but no rows and no data of others.
        """
        if self or next_id:
            return super().web_save(vals, specification, next_id)
        case = self.create(vals)
        if case._filtered_access("read"):
            return case.with_context(bin_size=True).web_read(specification)
        shown = {name: {} for name in specification if self._is_plain(name)}
        # sudo: case - the user's own input and the values computed from it
        row = case.sudo().web_read(shown)[0]
        return [{**dict.fromkeys(specification, False), **self._no_rows(specification), **row}]

    @api.model
    def _is_plain(self, name):
        field = self._fields[name]
        return not field.relational and self._has_field_access(field, "read")

    @api.model
    def _no_rows(self, specification):
        return {n: [] for n in specification if self._fields[n].type in ("one2many", "many2many")}

    # -- own matters that are known ------------------------------------------------------------
    # Logs when a member of staff becomes, or is no longer, the customer of a case.
    #
    # The case is then closed to that user, or open again: supervisors are notified and the event
    # chain logs the author, so that it cannot be done unseen.

    def _on_customers_changed(self, before, vals):
        for case in self:
            was, is_now = case._former_customer_users(before[case.id]), case._customer_users()
            case._keep_own_matter(is_now - was, was - is_now)

    def _former_customer_users(self, before):
        case = self.sudo()
        account = before.get("account_id", case.account_id).sudo()
        people = (before.get(name, case[name]) for name in table(self, "_customer_fields"))
        return self._staff_among(account._own_people().union(*people))

    def _keep_own_matter(self, named, dropped):
        """Write down who of the staff is a customer of the case now, or none any more; tell it.

        :param named: res.users
        :param dropped: res.users
        """
        if not named | dropped:
            return
        self._log_events("own_matter", {"named": named.ids, "dropped": dropped.ids})
        # sudo: case, res.users - who may read it, of all users
        case = self.sudo()
        above = case._may_hear(case.env.ref(MANAGER).all_user_ids) | case._desk_supervisors()
        for people, words in ((named, self._named_words), (dropped, self._dropped_words)):
            if people:
                # sudo: res.users - names of staff
                names = ", ".join(people.sudo().mapped("name"))
                compose = partial(words, names, self.env.user.sudo().name)
                self.env["water.staff.message"]._tell(above - people, compose, record=self)
                self.env["water.staff.message"]._tell(people, compose)

    def _named_words(self, names, actor, env):
        subject = env._("%s: a member of the staff is its customer", self.name)
        body = env._(
            "%(actor)s has written down %(people)s as its customer, or as who speaks for the"
            " customer: as staff they cannot see it. If that is wrong, have it put right.",
            actor=actor,
            people=names,
        )
        return subject, Markup("<p>%s</p>") % body

    def _dropped_words(self, names, actor, env):
        subject = env._("%s: no member of the staff is its customer any more", self.name)
        body = env._(
            "%(actor)s has written down that it is not the matter of %(people)s: as staff they see"
            " it again. If that is wrong, have it put right.",
            actor=actor,
            people=names,
        )
        return subject, Markup("<p>%s</p>") % body
