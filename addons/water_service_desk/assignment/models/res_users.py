from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ...base.links import OURS
from ...base.locks import restart_if_missed
from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ..in_hand import in_hand


class ResUsers(models.Model):
    _inherit = "res.users"

    water_department_ids = fields.Many2many(
        "water.department",
        "water_department_user_rel",
        "user_id",
        "department_id",
        string="Water Departments",
        help="Departments whose dispatches this person works on.",
    )

    water_channel_ids = fields.Many2many(
        "water.channel",
        "water_channel_user_rel",
        "user_id",
        "channel_id",
        string="Channels of the Integration",
        help="An integration hands in, reads back and adds to the cases of these channels alone.",
    )

    water_badge = fields.Char(
        string="Badge Number",
        copy=False,
        help="What customers are told of who serves them, on the telephone, pages and letters.",
    )

    _water_badge_uniq = models.UniqueIndex(
        "(water_badge, company_id) WHERE water_badge IS NOT NULL",
        "This badge number is already used.",
    )

    @api.model
    def _get_invalidation_fields(self):
        """Invalidate the rules cached for each user with it."""
        return super()._get_invalidation_fields() | {"water_department_ids", "partner_id"}

    @tools.ormcache("self.id")
    def _water_own_matters(self):
        """Return the user's own data as a customer: ``(ids of accounts, names of models)``.

        The models are those with a case of the user. Cached for each read of cases; portal users
        are skipped, since they use other doors.
        """
        # sudo: res.users, case - asked by the record rules themselves
        user = self.sudo()
        if user.share or not user.partner_id:
            return (), ()
        named = [
            model
            for model in self.env["water.case.link.mixin"]._case_models().values()
            if self.env[model].sudo()._names_customer(user.partner_id)
        ]
        return tuple(user._own_accounts().ids), tuple(named)

    def _own_accounts(self):
        mine = [("partner_id", "=", self.partner_id.id)]
        accounts = self.env["water.account"].with_context(active_test=False).search(mine)
        delegates = self.env["water.account.delegate"].search([*mine, ("state", "=", "active")])
        return accounts | delegates.account_id

    def write(self, vals):
        """Notify those who can reassign the work of users who leave."""
        gone = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        gone._pass_on_todos()
        for user in gone.filtered(lambda user: not user.share):
            user._tell_left_work()
        return result

    def action_archive(self):
        """Reassign to-dos about our records before Odoo deletes those of an archived user.

        :raises AccessError: for anyone but administrators
        """
        self.check_access("write")
        self.filtered("active")._pass_on_todos()
        super().action_archive()
        return True

    def _pass_on_todos(self):
        """Give the open to-dos about our records to who goes on with them, and say so."""
        # sudo: mail.activity - to-dos bind the next handler of the record
        todos = self.env["mail.activity"].sudo()
        mine = Domain("user_id", "in", self.ids) & Domain("res_model", "=like", f"{OURS}%")
        heirs = {}
        for todo in todos.search(mine):
            heir = self._heir_of(self.env[todo.res_model].sudo().browse(todo.res_id).exists())
            heirs[heir] = heirs.get(heir, todos) | todo
        for heir, rows in heirs.items():
            rows.with_context(mail_activity_quick_update=True).write({"user_id": heir.id})
            self._tell_heir(heir, rows)

    def _heir_of(self, record):
        """Return who takes over a record, or an empty recordset if no one may read it."""
        record = record.filtered(lambda row: "company_id" in row._fields)
        if not record:
            return self.browse()
        company = record.company_id or self.env.company
        people = company._water_asked_user()
        if hasattr(record, "_acting_responsible"):
            handlers = record.user_id + record._acting_responsible()
            people = handlers + people + record._desk_supervisors()
        may = (people - self).filtered(
            lambda user: user.active and record.with_user(user).has_access("read")
        )
        return may[:1]

    def _tell_heir(self, heir, todos):
        names = ", ".join(self.mapped("name"))

        def line(todo, env):
            row = env[todo.res_model].sudo().browse(todo.res_id)
            return row._staff_line() if hasattr(row, "_staff_line") else row.display_name

        def compose(env):
            subject = env._(
                "%(person)s has left: %(count)s to-dos are yours now",
                person=names,
                count=len(todos),
            )
            items = [Markup("<li>%s</li>") % line(todo, env) for todo in todos]
            return subject, Markup("<ul>%s</ul>") % Markup("").join(items)

        self.env["water.staff.message"]._tell(heir, compose)

    def _tell_left_work(self):
        """Tell the supervisors of each company which open work the user leaves."""
        counts, other = {}, self._left_beside_cases()
        for model in self.env["water.case.link.mixin"]._case_models().values():
            # sudo: case - only counted
            cases = self.env[model].sudo()
            open_ = self._water_in_hand() & Domain("state", "not in", tuple(cases._final_states))
            restart_if_missed(cases, open_)
            for company, count in cases._read_group(open_, ["company_id"], ["__count"]):
                counts[company] = counts.get(company, 0) + count
        # sudo: res.groups - closing a login notifies the supervisors
        supervisors = self.env.ref(SUPERVISOR).sudo().all_user_ids
        for company in {**counts, **other}:
            people = supervisors.filtered(lambda user, c=company: c in user.company_ids)
            words = self._left_work_words(counts.get(company, 0), other.get(company, {}))
            self.env["water.staff.message"]._tell(people, words)

    def _water_in_hand(self):
        acts = Domain("acting_responsible_id", "=", self.id)
        acts &= Domain("acting_until", ">", fields.Datetime.now())
        return Domain("first_responsible_id", "=", self.id) | Domain("user_id", "=", self.id) | acts

    def _left_beside_cases(self):
        """``{company: {model: how many}}`` of visits, calls, decisions … that lie with the user."""
        found = {}
        for model, field, domain in in_hand(self.env, self._name):
            # sudo: rows - only counted
            rows = self.env[model].sudo()
            mine = [(field, "=", self.id), *domain]
            for company, count in rows._read_group(mine, ["company_id"], ["__count"]):
                counts = found.setdefault(company or self.company_id, {})
                counts[model] = counts.get(model, 0) + count
        return found

    def _left_work_words(self, count, other):
        """Return a function of an environment that composes the supervisors' message.

        :param count: of open cases
        :param other: {model: number of other open rows}
        """
        name = self.name

        def compose(env):
            subject = env._("%(person)s has left: work lies open", person=name)
            if count:
                subject = env._(
                    "%(person)s has left: %(count)s open cases", person=name, count=count
                )
            # sudo: ir.model - names of what lies open
            models_ = {env["ir.model"].sudo()._get(model): many for model, many in other.items()}
            lines = [
                Markup("<li>%s: %s</li>") % (kind.name, many) for kind, many in models_.items()
            ]
            body = env._("Assign them so that customers get an answer.")
            return subject, Markup("<p>%s</p><ul>%s</ul>") % (body, Markup("").join(lines))

        return compose

    @api.model
    def _water_reads_contact(self):
        """Return whether the present user may see customers' identity and contact data (S2.2.4).

        Portal users and the public see what the portal shows, which is their own.
        """
        return self.env.user._reads_customers()

    def _reads_customers(self):
        """Return the same for one user, regardless of who asked."""
        self.ensure_one()
        user = self.with_user(self)
        return not user._is_internal() or user.has_groups(CONTACT_GROUPS)
