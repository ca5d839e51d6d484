import json
from collections import defaultdict
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.clock.working_time import DAY

from ...compensation_scheme.compensation import calculate, canonical, moment, plain
from ...compensation_scheme.models.water_compensation_rule import TRIGGERS
from .water_compensation import BY_HAND, LIVE

#: payees whose totals count
JOINED = ("account_id", "partner_id")
TO_DO = "water_compensation.mail_activity_type_bill"
#: undecided ones follow a bill that becomes known
WAITING = ("draft", "proposed")


class WaterCompensation(models.Model):
    """The amount due by a rule, recalculated whenever facts change.

    Each calculation is stored with all its inputs. Unchanged inputs are not recalculated: they give
    the same bytes.
    """

    _inherit = "water.compensation"

    joint_amount = fields.Monetary(
        string="With Others",
        compute="_compute_joint_amount",
        compute_sudo=True,
        help="What people propose for one case, or for one account or payee within the days of the"
        " settings, is approved like one amount.",
    )

    rule_id = fields.Many2one(
        "water.compensation.rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    trigger = fields.Selection(
        TRIGGERS, string="Failure", readonly=True, copy=False, help="What went wrong."
    )
    facts = fields.Json(readonly=True, copy=False, help="What the failure was, for the rule.")
    paid_from = fields.Datetime(
        readonly=True, copy=False, help="From when on the days to pay count."
    )
    version_ids = fields.One2many(
        "water.compensation.version", "compensation_id", string="Calculations"
    )
    calculation = fields.Text(
        string="How It Was Worked Out",
        compute="_compute_calculation",
        compute_sudo=True,
        help="The newest calculation, in your language.",
    )
    exemption_ids = fields.One2many(
        "water.compensation.exemption", "compensation_id", string="Exemptions"
    )
    evidence_ids = Files(
        "ir.attachment",
        "water_compensation_evidence_rel",
        "compensation_id",
        "attachment_id",
        copy=False,
        help="Invoices, photos, reports that prove the loss.",
    )
    can_ask_exemption = fields.Boolean(compute="_compute_can_ask", export_string_translation=False)
    _file_fields = ("evidence_ids",)

    due_provisional = fields.Boolean(
        string="Payment Date Provisional",
        readonly=True,
        copy=False,
        help="The day to pay reaches a year whose holidays are not known: no penalty goes by it.",
    )
    # calendar of the promise, not the hours chosen since
    pay_calendar_id = fields.Many2one(
        "resource.calendar", readonly=True, copy=False, export_string_translation=False
    )
    bill_unknown = fields.Boolean(
        readonly=True,
        copy=False,
        help="The annual water bill is not entered, so its cap was not applied.",
    )

    @api.depends("version_ids.steps", "trace")
    @api.depends_context("lang", "tz")
    def _compute_calculation(self):
        for row in self:
            row.calculation = row._last_version().text or row.trace

    @api.depends("state", "payment_state", "kind")
    def _compute_can_ask(self):
        for row in self:
            live = row.state in LIVE and row.payment_state in ("none", "draft", False)
            row.can_ask_exemption = live and row.kind == "entitlement"

    @api.constrains("kind", "state", "rule_id")
    def _check_evidence(self):
        for row in self.filtered(lambda row: row.kind == "claim"):
            waits = row.state in ("proposed", "approved") and row.rule_id.method == "claim"
            proven = row.evidence_ids or row.corrects_id or row.appeal_id
            if waits and not proven:
                raise ValidationError(
                    self.env._("Attach what proves the loss: invoices, photos, reports.")
                )

    # -- working out ----------------------------------------------------------------------------

    @api.model
    def _work_out(self, items, reason=False):
        """Propose what is due and update what has changed; repeating it changes nothing.

        :param items: ``{"values": …, "rule": rule, "facts": …}``; values bring the ``origin_key``,
            ``company_id``, payee and subject
        :param reason: why it is recalculated, for the record
        :return: the existing compensations, in no order; none is made if no money is due
        """
        rows = trusted(self.sudo())
        pairs = [(item["values"]["company_id"], item["values"]["origin_key"]) for item in items]
        present = rows._by_origin(pairs)
        for pair, item in zip(pairs, items, strict=True):
            item["calendar"] = present.get(pair, rows.browse()).pay_calendar_id
        rows._add_inputs(items)
        outcome = cache(lambda text: calculate(json.loads(text)))
        fresh = []
        for pair, item in zip(pairs, items, strict=True):
            item["outcome"] = outcome(item["inputs"])
            if pair in present:
                present[pair]._follow(item, reason)
            elif item["outcome"].amount or item["outcome"].missing:
                fresh.append(item)
        known = rows.browse([row.id for row in present.values()])
        known._settle_by_rule()  # an exemption that has held them may have been decided
        found = known | rows._propose_items(fresh)
        found.filtered(lambda row: row.bill_unknown and row.state in WAITING)._ask_bills()
        return found

    @api.model
    def _add_inputs(self, items):
        """All that each calculation depends on, as canonical text, into the items."""
        usage = self._year_usage(items)
        accounts, companies = self.env["water.account"], self.env["res.company"]
        for item in items:
            values = item["values"]
            company = companies.browse(values["company_id"])
            account = accounts.browse(values.get("account_id") or [])
            day = company._water_today(values["failed_at"])
            inputs = item["rule"]._inputs(company, item["facts"], account, day)
            promise = item["rule"], company, values.get("paid_from"), item["calendar"]
            inputs |= self._pay_inputs(*promise)
            item["inputs"] = canonical(inputs | usage.get(values["origin_key"], {}))

    @api.model
    def _propose_items(self, items):
        """Make the compensations of ``items`` with their first calculations."""
        ids = [item["values"].get("partner_id") for item in items]
        payees = self.env["res.partner"].browse(filter(None, ids)).exists()
        languages = {payee.id: payee.lang for payee in payees}
        values = [self._item_values(item, languages) for item in items]
        rows = self._propose(values)
        items_by_key = {item["values"]["origin_key"]: item for item in items}
        bare = rows.filtered(lambda row: not row.version_ids)
        versions = [row._version_values(items_by_key[row.origin_key], 1, False) for row in bare]
        self.env["water.compensation.version"].create(versions)
        return rows

    @api.model
    def _item_values(self, item, languages):
        """Return the values of a new compensation.

        :param languages: {id of the payee: language}
        """
        values, rule, outcome = item["values"], item["rule"], item["outcome"]
        company = self.env["res.company"].browse(values["company_id"])
        state = {"state": "draft"} if outcome.missing else {}
        language = languages.get(values.get("partner_id")) or company.partner_id.lang
        localized = rule.with_context(lang=language)
        return {
            "kind": "allowance" if rule.method == "leak" else "entitlement",
            "trigger": rule.trigger,
            "reason": localized.name,
            **values,
            **state,
            "rule_id": rule.id,
            "facts": item["facts"],
            "amount": float(outcome.amount),
            "currency_id": company.currency_id.id,
            "trace": self._trace(company, outcome),
            **self._pay_values(rule, company, values.get("paid_from"), item["calendar"]),
            "bill_unknown": self._is_bill_unknown(outcome),
        }

    @api.model
    def _trace(self, company, outcome):
        lang = company.sudo().partner_id.lang or self.env.lang
        words = self.with_context(lang=lang)
        return words._tell_steps(outcome.steps, company.currency_id, company)

    def _version_values(self, item, number, reason):
        return {
            "compensation_id": self.id,
            "number": number,
            "rule_id": item["rule"].id,
            "inputs": item["inputs"],
            "steps": canonical(item["outcome"].steps),
            "amount": float(item["outcome"].amount),
            "reason": reason,
            "user_id": self.env.uid,
        }

    def _follow(self, item, reason):
        """Add a version when inputs have changed; a decision against it stays."""
        last = self._last_version()
        is_over = self.state not in LIVE and not self.is_replaced
        if is_over or (last and last.inputs == item["inputs"]):
            return
        asked = self.bill_unknown
        values = self._version_values(item, (last.number or 0) + 1, reason)
        self.env["water.compensation.version"].create([values])
        rule, outcome = item["rule"], item["outcome"]
        paid_from = item["values"].get("paid_from")
        values = {
            "rule_id": rule.id,
            "trigger": rule.trigger,
            "facts": item["facts"],
            "paid_from": paid_from,
            **self._pay_values(rule, self.company_id, paid_from, item["calendar"]),
            "bill_unknown": self._is_bill_unknown(outcome),
        }
        begins = self.state in ("draft", "proposed") and not self.amount and outcome.amount
        if self.state == "draft" and not outcome.missing:
            values |= {"state": "proposed", "proposed_at": fields.Datetime.now()}
        self.write(values)
        self._reprice(float(outcome.amount), self._trace(self.company_id, outcome))
        if begins and self.state == "proposed":
            self._after_proposed()
        if asked and not self.bill_unknown:
            self._end_bills()

    def _last_version(self):
        return self.version_ids.sorted("number")[-1:]

    def _recompute(self, reason=False):
        """Recalculate the compensations from the present facts.

        :param reason: for the record
        """
        rows = self.sudo().filtered(lambda row: row.rule_id and row.origin_key and row.version_ids)
        shared = rows.filtered(lambda row: row.incident_id and row._is_of_incident())
        items = [row._own_item() for row in rows - shared]
        self._work_out(items, reason)
        for incident, mine in shared.grouped("incident_id").items():
            incident._compensate_accounts(mine.account_id, reason)

    def _is_of_incident(self):
        """Return whether its facts are the incident's, not its own."""
        return (self.origin_key or "").startswith(f"incident:{self.incident_id.id}:")

    def _own_item(self):
        """Return the facts about a separate failure."""
        facts = dict(self.facts or {})
        own = self.env["water.compensation.exemption"]._facts_of(self).get(self.id)
        facts = {key: facts[key] for key in facts if key not in ("exempt", "pauses")}
        values = {
            "origin_key": self.origin_key,
            "company_id": self.company_id.id,
            "account_id": self.account_id.id,
            "failed_at": self.failed_at,
            "paid_from": self.paid_from,
        }
        return {"values": values, "rule": self.rule_id, "facts": facts | (own or {})}

    # -- caps per year --------------------------------------------------------------------------

    @api.model
    def _year_usage(self, items):
        """Return {origin key: amount of the same fiscal year} for rules with a yearly cap."""
        capped = [
            item
            for item in items
            if (item["rule"].cap_year or item["rule"].cap_count)
            and item["values"].get("account_id")
        ]
        groups = {}
        for item in capped:
            values = item["values"]
            company = self.env["res.company"].browse(values["company_id"])
            day = company._water_today(values["failed_at"])
            year = company.compute_fiscalyear_dates(day)
            span = (company, item["rule"].trigger, year["date_from"], year["date_to"])
            groups.setdefault(span, []).append(values)
        usage = {}
        for span, rows in groups.items():
            usage |= self._usage_of(*span, rows)
        return usage

    @api.model
    def _usage_of(self, company, trigger, first, last, values_list):
        accounts = [values["account_id"] for values in values_list]
        keys = [values["origin_key"] for values in values_list]
        before = fields.Date.subtract(first, days=1)  # a year begins where the company is
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("account_id", "in", accounts)
            & (Domain("trigger", "=", trigger) | Domain("corrects_id.trigger", "=", trigger))
            & Domain("kind", "!=", "penalty")
            & Domain("state", "in", LIVE)
            & Domain("amount", ">", 0)
            & Domain("failed_at", ">", company._water_end_of_day(before))
            & Domain("failed_at", "<=", company._water_end_of_day(last))
            & Domain("origin_key", "not in", keys)
        )
        found = self._read_group(domain, ["account_id"], ["amount:sum", "__count"])
        paid = {account.id: (amount, count) for account, amount, count in found}
        usage = {}
        for values in values_list:
            amount, count = paid.get(values["account_id"], (0, 0))
            usage[values["origin_key"]] = {"year_paid": plain(amount), "year_count": count}
        return usage

    # -- paying ---------------------------------------------------------------------------------

    @api.model
    def _pay_until(self, rule, company, paid_from, calendar=None):
        if not (rule.pay_days and paid_from):
            return False, False
        calendar = calendar or company.sudo()._water_calendar()
        due, provisional = calendar._water_due_at(paid_from, rule.pay_days, "working_day")
        return company._water_today(due), provisional

    @api.model
    def _pay_values(self, rule, company, paid_from, calendar):
        day, provisional = self._pay_until(rule, company, paid_from, calendar)
        hours = calendar or company.sudo()._water_calendar()
        return {"due_on": day, "due_provisional": provisional, "pay_calendar_id": hours.id}

    @api.model
    def _pay_inputs(self, rule, company, paid_from, calendar):
        """Return the inputs of the due day: from when, by which source."""
        day, provisional = self._pay_until(rule, company, paid_from, calendar)
        if not day:
            return {}
        law = rule.confirm_note or rule.source or ""
        return {
            "pay": {
                "by": fields.Date.to_string(day),
                "days": plain(rule.pay_days),
                "begin": moment(paid_from),
                "on": "decision" if rule.method == "leak" else rule.pay_from,
                "provisional": "1" if provisional else "",
                "law": law,
            }
        }

    @api.model
    def _is_bill_unknown(self, outcome):
        return any(code == "cap_bill_unknown" for code, __ in outcome.steps)

    # -- by hand ----------------------------------------------------------------------------------

    def action_recompute(self):
        """Recalculate it from the present facts; unchanged facts make no change.

        :raises UserError: for a compensation without a rule
        """
        self.check_access("write")
        self.check_access("read")
        if any(not row.sudo().version_ids for row in self):
            raise UserError(self.env._("No rule has worked this out: its amount is a decision."))
        self._recompute(self.env._("Worked out again by hand"))
        return True

    def action_exemption(self):
        """Open the dialog that asks for an exemption."""
        self.ensure_one()
        self.check_access("read")
        return windows.dialog(
            "water.compensation.exemption",
            self.env._("Ask for an Exemption"),
            {"default_compensation_id": self.id},
            view_id=self.env.ref("water_compensation.exemption_view_dialog").id,
        )

    # -- joint ---------------------------------------------------------------------------------
    # Several small ones for one matter or one payee are decided like one of their sum (S3.2.3a).
    #
    # Small proposals add up: three of five hundred within days count as fifteen hundred.

    @api.depends(
        lambda self: (
            *("amount", "kind", "state", *JOINED, "partner_id.commercial_partner_id"),
            *self._case_models(),
        )
    )
    def _compute_joint_amount(self):
        by_hand = self.filtered_domain([("kind", "in", BY_HAND)])
        others = by_hand._joined_by_any()
        for row in self:
            found = [others[link] for link in row._links() if link in others and row in by_hand]
            beside = row.browse().union(*found).filtered(row._is_joined_by)
            row.joint_amount = row.amount + sum(beside.mapped("amount"))

    def _links(self):
        """Return ``(field, id)`` of its references, and of the case whose second handling it
        continues.
        """
        payee = self.partner_id.commercial_partner_id
        hung = {name: self[name] for name in ("account_id", *self._case_models())}
        links = [(name, row.id) for name, row in {**hung, "partner_id": payee}.items() if row]
        earlier = self._filed_before() if self.complaint_id.is_follow_up else ()
        return links + [("complaint_id", case.id) for case in earlier]

    def _filed_before(self):
        found = last = self.complaint_id.filtered("is_follow_up")
        while last:
            last = last._earlier_cases() - found
            found |= last
        return found - self.complaint_id

    def _joined_by_any(self):
        """Return what may count together with each of them: proposed by people, not refused or
        withdrawn.

        :return: {(field, id): compensations}, for many rows at once
        """
        links = Domain.OR(
            [(name, "in", self[name].ids)] for name in ("account_id", *self._case_models())
        )
        links |= Domain("partner_id", "in", self.partner_id._water_same_payee().ids)
        links |= Domain("complaint_id", "in", self._filed_before().ids)
        live = Domain("state", "in", ("proposed", "approved")) & Domain("kind", "in", BY_HAND)
        live &= Domain("proposed_at", "!=", False)
        found = defaultdict(self.browse)
        for other in self.search(live & links) if self else self:
            for link in other._links():
                found[link] |= other
        return found

    def _is_joined_by(self, other):
        """Return whether an earlier proposal counts together with this one."""
        at = self.proposed_at or fields.Datetime.now()
        earlier = (other.proposed_at, other.id) < (at, self._origin.id or other.id + 1)
        if not earlier or other.company_id != self.company_id:
            return False
        near = (at - other.proposed_at).days < self.company_id.water_joint_days
        names = (*self._case_models(), *(JOINED if near else ()))
        theirs = set(other._links())
        return any(link in theirs for link in self._links() if link[0] in names)

    def _after_proposed(self):
        """Rows that lack a fact wait for it, not for a decision.

        Of two concurrent proposals for one payee or account, one restarts and counts the other;
        otherwise neither would know of the other.
        """
        ready = self.filtered(lambda row: row.state != "draft")
        by_hand = ready.filtered(lambda row: row.kind in BY_HAND)
        force_conflict(by_hand.account_id)
        force_conflict(by_hand.partner_id.commercial_partner_id)
        return super(WaterCompensation, ready)._after_proposed()

    # -- by rule -------------------------------------------------------------------------------
    # Compensations are worked out by rules; those of people stay as they were decided.

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._add_rule_of_loss()
        return rows

    def _add_rule_of_loss(self):
        rules = self.env["water.compensation.rule"]
        for row in self.sudo().filtered(lambda row: row.kind == "claim" and not row.rule_id):
            company = row.company_id
            day = company._water_today(row.failed_at)
            rule = rules._rule_for(company, "loss", row.customer_class, day)
            if rule:
                trusted(row).write({"rule_id": rule.id, "trigger": "loss"})

    def _after_dropped(self):
        """Compensations during an incident that is not paid count separately again."""
        super()._after_dropped()
        rows = self.filtered(lambda row: row.incident_id and row._is_of_incident())
        rows.incident_id._beside()._compensate_again()
        self.filtered("bill_unknown")._end_bills()

    # -- bill ----------------------------------------------------------------------------------
    # A cap by the yearly water bill asks for the bill until it is known.

    def _ask_bills(self):
        """One to-do for each case or incident, however many of its compensations ask."""
        for thread, rows in self._by_thread():
            commands = thread._name == "water.incident"
            user = thread._commander() if commands else thread._acting_responsible()
            user = user[:1] or thread.company_id._water_asked_user()
            if user and not open_todos(thread, TO_DO):
                words = thread.with_context(lang=user.lang).env
                thread.with_context(mail_activity_quick_update=True).activity_schedule(
                    TO_DO,
                    date_deadline=thread.company_id._water_today(),
                    summary=words._(
                        "Enter the year's water bill of %s at the account",
                        ", ".join(rows.account_id.mapped("code")[:5]),
                    ),
                    user_id=user.id,
                )

    def _by_thread(self):
        found = {}
        for row in self:
            case = row._case_or_none()
            thread = case if case is not None else row.incident_id
            if thread:
                found[thread] = found.get(thread, row.browse()) | row
        return found.items()

    def _after_approved(self):
        super()._after_approved()
        self.filtered("bill_unknown")._end_bills()

    def _end_bills(self):
        for thread, _rows in self._by_thread():
            commands = thread._name == "water.incident"
            link = "incident_id" if commands else self._case_field(thread._name)
            asking = Domain(link, "=", thread.id) & Domain("bill_unknown", "=", True)
            if not self.search_count(asking & Domain("state", "in", WAITING), limit=1):
                end_todos(thread, TO_DO)

    def action_enter_bill(self):
        """Open the account, where the year's bill is entered."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.account_id)

    # -- provisional ---------------------------------------------------------------------------
    # Payment dates that reach a year whose holidays are not known: told as such, and settled.
    #
    # No penalty arises from a date that was provisional when it was promised.

    def _due_words(self):
        day = format_date(self.env, self.due_on, date_format="long") if self.due_on else ""
        return self._say_provisional(day) if day and self.due_provisional else day

    @api.model
    def _follow_calendar(self, first, last):
        """Recalculate open payment dates; changes are logged and customers told once.

        Applies to dates in a year without published holidays, and to those near the changed days. A
        day that is over, or would be, does not move: a certain promise stays.

        :param first: first date that became or ceased to be a special day
        :param last: last such date
        """
        concerned = Domain("due_on", ">=", first - DAY) & Domain("paid_from", "<=", last + DAY)
        domain = concerned | Domain("due_provisional", "=", True)
        domain &= Domain("rule_id", "!=", False)
        domain &= Domain("payment_state", "not in", ("paid", "reversed"))
        # sudo: water.compensation - who keeps the calendar may not see compensations
        rows = self.sudo().search(domain & Domain("state", "in", ("draft", "proposed", "approved")))
        moved = rows.browse()
        for row in trusted(rows):
            day, provisional = row._pay_again()
            today = row.company_id._water_today()
            if not day or (provisional, day) == (row.due_provisional, row.due_on):
                continue
            if not row.due_provisional and is_late(min(day, row.due_on), today):
                continue
            moved |= row if day != row.due_on else rows.browse()
            # a day that is over already was never promised for certain
            waits = provisional or is_late(day, today)
            row._move_payment_day(day, waits)
        for link in self._case_models():  # what stays payable by the day that another has left
            beside = moved[link].compensation_ids.filtered(lambda row: row._is_unpaid())
            beside._start_payment_clocks()
        moved._tell_new_day()

    def _pay_again(self):
        """``(last day to pay, provisional)`` as the calendar by which it was promised now says."""
        promise = self.rule_id, self.company_id, self.paid_from
        return self._pay_until(*promise, self.pay_calendar_id)

    def _move_payment_day(self, day, provisional):
        """Another day to pay: the clock of the payment follows it, and says why.

        :param day: the last day to pay
        :param provisional: whether it may move yet
        """
        announced = self.env._("Holidays have been announced.")
        changed = self.env._("The working time of the calendar has changed.")
        reason = announced if self.due_provisional else changed
        case, before = self._case_or_none(), self.due_on
        self.write({"due_on": day, "due_provisional": provisional})
        if case is None:
            return
        clocks = case._payment_clocks(before) if before else self.env["water.deadline"]
        clocks = clocks.filtered(lambda clock: clock.state == "running")
        if day != before and case._payment_clocks(day):  # one runs for that day already
            clocks._void()
            return
        end = case.company_id._water_end_of_day(day)
        clocks._work_out(reason, (end, provisional))

    def _tell_new_day(self):
        self._log_case("moved")
        template = self.env.ref("water_compensation.mail_template_compensation_day")
        known = self._public_rows().filtered("partner_id")
        self.env["water.message"]._queue(template, known)
