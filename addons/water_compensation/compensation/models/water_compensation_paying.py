import logging
from hashlib import sha256

from lxml import html
from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command, Domain
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted, untrusted
from odoo.addons.water_service_desk.base.words import said

from .water_compensation import FINANCE, LIVE
from .water_notice import plain

_logger = logging.getLogger(__name__)
#: Entries made per committed batch of the scheduled action.
BATCH = 50
#: So many are made at once by the approver's own click; the rest waits for the next moment.
AT_ONCE = 20
QUEUED = [("move_queued", "=", True)]
#: How the keys begin of what has come of an application about a bill.
BY_APPLICATION = ("leak:", "meter:")


class WaterCompensation(models.Model):
    """What is paid is what was approved: to its payee, to his bank, and no more and no less.

    An entry is settled by Odoo's dialog, by lines that somebody matches, by a link of a payment
    without books, or by an entry of finance's own: whichever it is asks here.
    """

    _inherit = "water.compensation"

    freeze_note = fields.Text(
        string="Payment Waits",
        compute="_compute_freeze_note",
        compute_sudo=True,
        help="Changes of the account or the payee for which it is not posted or paid yet.",
    )

    payee_kind = fields.Selection(
        [("customer", "Customer: credit note"), ("other", "No customer: bill")],
        string="Paid as",
        compute="_compute_payee_kind",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    invoice_id = fields.Many2one(
        "account.move",
        string="Invoice It Relates to",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        groups=FINANCE,
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=', partner_id)]",
    )
    move_queued = fields.Boolean(readonly=True, copy=False, help="Waits for its entry.")
    move_error = fields.Text(string="Why There Is No Entry Yet", readonly=True, copy=False)
    needs_reversal = fields.Boolean(
        string="To Be Reversed", compute="_compute_needs_reversal", store=True
    )
    is_amount_off = fields.Boolean(
        string="Entry Differs",
        compute="_compute_is_amount_off",
        compute_sudo=True,
        help="The draft entry was changed by hand: it cannot be posted like this.",
    )
    entry_facts = fields.Json(
        readonly=True,
        copy=False,
        groups=FINANCE,
        help="Payee, books and bank of the entry as it was made: nothing else is posted.",
    )
    can_make_entry = fields.Boolean(compute="_compute_can_make_entry")

    _queue_idx = models.Index("(id) WHERE move_queued IS TRUE")

    taken_back_at = fields.Datetime(string="Told That It Is Not Paid at", readonly=True, copy=False)

    def _check_settled_by(self, line):
        """Refuse a line of somebody else's that would settle the entry.

        :param line: account.move.line
        :raises UserError: why
        """
        payment = line.move_id.origin_payment_id
        if payment:
            self._check_paid_by(payment, payment._water_is_of_another_amount())
        elif line.partner_id and not line.partner_id._water_is_same_payee(self.partner_id):
            raise UserError(self._refused_text([self._other_payee_fault()]))

    def _check_paid_by(self, payment, is_another_amount):
        """Refuse a payment that is not what was approved.

        :param payment: account.payment
        :param is_another_amount: whether it is more than is open, or writes off
        :raises UserError: why
        """
        faults = []
        if not payment.partner_id._water_is_same_payee(self.partner_id):
            faults.append(self._other_payee_fault())
        if payment.partner_bank_id and not self._is_approved_bank(payment.partner_bank_id):
            faults.append(self.env._("it is paid to another bank account"))
        if is_another_amount:
            money = formatLang(self.env, self.amount, currency_obj=self.currency_id)
            faults.append(self.env._("approved were %s", money))
        if faults:
            raise UserError(self._refused_text(faults))

    def _other_payee_fault(self):
        return self.env._("somebody else was approved as payee")

    def _is_approved_bank(self, bank):
        """The one of the entry; where it had none, one of the payee's own."""
        known = (self.entry_facts or {}).get("bank")
        if known:
            return known == sha256((bank.sanitized_acc_number or "").encode()).hexdigest()
        return bank.partner_id in self.partner_id | self.partner_id.commercial_partner_id

    # -- frozen --------------------------------------------------------------------------------
    # Nothing is posted or paid while a change of holder, payee, bank or contact is fresh.
    #
    # It may be approved meanwhile; what is owed is owed to whoever turns out to be right.

    @api.depends("account_id", "partner_id", "state", "payment_state")
    @api.depends_context("lang")
    def _compute_freeze_note(self):
        changes = self._fresh_changes()
        for row in self:
            waits = row.state in LIVE and row.payment_state != "paid"
            mine = changes.filtered(lambda change, row=row: row._is_touched_by(change))
            texts = [change._freeze_text() for change in mine]
            row.freeze_note = ("\n".join(dict.fromkeys(texts)) or False) if waits else False

    def _fresh_changes(self):
        about = Domain("account_id", "in", self.account_id.ids)
        about |= Domain("partner_id", "in", self.partner_id._water_same_payee().ids)
        return self.env["water.account.change"].search(about & Domain("is_frozen", "=", True))

    def _is_touched_by(self, change):
        account, payee = change.account_id, change.partner_id
        is_same = account and account == self.account_id
        return is_same or self.partner_id._water_is_same_payee(payee)

    def _after_proposed(self):
        """A payee whom the account does not know is told to its holder, and confirmed."""
        named = self.sudo().filtered(lambda row: row.partner_id and row._is_payee_unknown())
        rows = [
            {
                **row.account_id.partner_id._water_former(),
                "account_id": row.account_id.id,
                "company_id": row.company_id.id,
                "names": "partner_id",
                "before": row.account_id.partner_id.display_name,
                "after": row.partner_id.display_name,
                "is_staff": bool(row._staff_behind()[row.id]),
            }
            for row in named
        ]
        self.env["water.account.change"]._keep("payee", rows)
        super()._after_proposed()  # what is kept here stands before it is decided

    def action_open_changes(self):
        """Open the changes for which it is not paid yet."""
        self.ensure_one()
        self.check_access("read")
        ids = self.sudo()._fresh_changes().ids
        title = self.env._("Changes to Confirm")
        return windows.rows("water.account.change", title, [("id", "in", ids)])

    # -- money ---------------------------------------------------------------------------------
    # An approved compensation makes exactly one draft entry; finance posts and pays it.
    #
    # One for a customer is a credit note, one for somebody else a bill. However often and by how
    # many at once it is asked for, there is one: the row is locked while it is made, and a unique
    # index of the entries stands behind it.

    @api.depends("account_id", "partner_id", "kind")
    def _compute_payee_kind(self):
        """Customers get what rules and goodwill give; claims come from others, too.

        Whoever holds an account or has been invoiced is a customer.
        """
        partners = self.sudo().filtered(lambda row: row.kind == "claim").partner_id
        accounts = self.env["water.account"].sudo().with_context(active_test=False)
        same = partners._water_same_payee()
        holders = accounts.search([("partner_id", "in", same.ids)]).partner_id
        for row in self:
            partner = row.sudo().partner_id
            known = row.account_id or partner.customer_rank
            known = known or partner._water_is_same_payee(holders)
            row.payee_kind = "customer" if known or row.kind != "claim" else "other"

    @api.depends("state", "payment_state")
    def _compute_needs_reversal(self):
        for row in self:
            row.needs_reversal = row.state == "withdrawn" and row.payment_state in (
                "posted",
                "paid",
            )

    @api.depends("move_id.amount_total", "move_id.partner_id", "amount")
    def _compute_is_amount_off(self):
        for row in self:
            row.is_amount_off = row.payment_state == "draft" and bool(row.move_id._water_faults())

    @api.depends("state", "payment_state")
    @api.depends_context("uid")
    def _compute_can_make_entry(self):
        able = self._may_make_entry()
        for row in self:
            open_ = row.payment_state in ("none", "reversed", False)
            row.can_make_entry = able and row.state == "approved" and open_

    def _may_make_entry(self):
        groups = (FINANCE, SUPERVISOR)
        return self.env.su or any(self.env.user.has_group(group) for group in groups)

    # -- making entries -------------------------------------------------------------------------

    def _after_approved(self):
        super()._after_approved()
        if len(self) <= AT_ONCE:
            self._make_entries()
        if any(row.move_queued for row in self.sudo()):
            self._wake_entries()

    @api.model
    def _wake_entries(self):
        cron = self.env.ref("water_compensation.ir_cron_compensation_entries")
        cron.sudo()._trigger()

    def action_make_entry(self):
        """Make the draft entry anew: the last one was deleted, booked back, or not possible.

        :raises UserError: by anybody but finance and supervisors, or why it cannot be made
        """
        self.check_access("write")
        if not self._may_make_entry():
            raise UserError(self.env._("Finance or a supervisor has the entry made."))
        self._lock()
        if any(not row.can_make_entry for row in self):
            raise UserError(self.env._("There is an entry already, or nothing is approved."))
        self._make_anew()
        trusted(self.sudo()).filtered(lambda row: row.state == "approved").move_queued = True
        self._make_entries()
        errors = [row.move_error for row in self.sudo() if row.move_error]
        if errors:
            raise UserError("\n".join(dict.fromkeys(errors)))
        return True

    def _make_anew(self):
        """Another entry is about to be made: what was booked for another goes to who is right, and
        is decided anew.
        """
        trusted(self.sudo())._follow_holder()

    def _make_entries(self):
        """Make the one entry of each that waits for it; what another worker holds is his."""
        # sudo: account.move - the approval has been checked; agents have no accounting rights
        rows = trusted(self.sudo()).try_lock_for_update(allow_referencing=True)
        rows.invalidate_recordset(["state", "move_id", "move_queued", "payment_state"])
        rows = rows.filtered(
            lambda row: (
                row.move_queued
                and row.state == "approved"
                and (row.move_id.state in (False, "cancel") or row.payment_state == "reversed")
            )
        )
        for group in rows.grouped("company_id").values():
            if not group._try_entries():  # one that fails does not stop the others
                for row in group:
                    row._try_entries()
        return rows

    def _try_entries(self):
        """Make the entries of one company.

        :return: False when it failed; one alone keeps the reason
        """
        try:
            with self.env.cr.savepoint():
                self._create_entries()
            return True
        except OperationalError:
            raise  # another worker was faster: the database has it tried again
        except (UserError, RedirectWarning, IntegrityError) as error:
            if len(self) == 1:
                self.write({"move_error": error.args[0] if error.args else str(error)})
            return False
        except Exception:
            if len(self) == 1:
                _logger.exception("No entry for compensation %s", self.name)
                self.write({"move_error": self.env._("An unexpected error; see the server's log.")})
            return False

    def _create_entries(self):
        books = self.company_id._water_compensation_books(self[:1])
        self._release_reversed()
        moves = untrusted(self.env["account.move"]).with_company(self.company_id)
        moves = moves.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        made = moves.create([row._entry_values(books) for row in self])
        for row, move in zip(self, made, strict=True):
            facts = move._water_facts()
            made = {"move_id": move.id, "entry_facts": facts}
            row.write({**made, "move_queued": False, "move_error": False})
        self._follow_booking()

    def _release_reversed(self):
        """What finance has booked back stays in the books, and another takes its place."""
        if moves := self.filtered(lambda row: row.payment_state == "reversed").move_id:
            untrusted(moves).write({"water_compensation_id": False})
            moves.flush_recordset(["water_compensation_id"])

    def _entry_values(self, books):
        """Values of the draft entry; nothing of the customer's words goes into the books."""
        customer = self.payee_kind == "customer"
        journal = books["journal" if customer else "bill_journal"]
        invoice = self.invoice_id.filtered(
            lambda move: (
                customer
                and move.commercial_partner_id._water_is_same_payee(self.partner_id)
                and move.state == "posted"
            )
        )
        return {
            "move_type": "out_refund" if customer else "in_invoice",
            "water_compensation_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "journal_id": journal.id,
            "reversed_entry_id": invoice.id,
            "ref": self._entry_reference(),
            "invoice_origin": self.name,
            "invoice_user_id": False,
            "invoice_date": False if customer else self.company_id._water_today(),
            "invoice_payment_term_id": False,
            "invoice_date_due": self.due_on or self.company_id._water_today(),
            "invoice_line_ids": [Command.create(self._entry_line(books, journal))],
        }

    def _entry_reference(self):
        return " / ".join(filter(None, (self.name, self.case_name)))

    def _entry_line(self, books, journal):
        told = self._in_payee_lang().env  # the credit note is the payee's
        kinds = dict(self._fields["kind"]._description_selection(told))
        account = books["account"] or journal.default_account_id
        return {
            "name": f"{kinds[self.kind]} {self._entry_reference()}",
            "product_id": books["product"].id,
            "account_id": account.id,
            "quantity": 1,
            "price_unit": self.amount,
            "tax_ids": [Command.set(books["taxes"].ids)],
        }

    @api.model
    def _cron_entries(self):
        """Scheduled action: the entries of approved compensations, in committed batches."""
        rows, last = self.sudo(), 0
        remaining = rows.search_count(QUEUED)
        while remaining:
            batch = rows.search([*QUEUED, ("id", ">", last)], order="id", limit=BATCH)
            if not batch:
                break
            last = batch[-1].id
            batch._make_entries()
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
            self.env.invalidate_all()

    # -- taking entries back --------------------------------------------------------------------

    def _drop_entries(self):
        """A draft is cancelled; a posted entry is reversed by whoever has the right, or asked for.

        What is asked for stands in the list of finance until it is done.
        """
        rows = self.sudo()
        drafts = rows.filtered(lambda row: row.payment_state == "draft").move_id
        untrusted(drafts).button_cancel()
        posted = rows.filtered(lambda row: row.payment_state == "posted")
        if posted and self.env.user.has_group(FINANCE) and not self.env.su:
            posted.with_user(self.env.user)._reverse_entries()
        elif posted:
            posted._ask_reversal()

    def action_reverse(self):
        """Finance: reverse the entry of a withdrawn compensation.

        :raises UserError: by anybody but finance, or when there is nothing to reverse
        """
        self.check_access("write")
        self._lock()
        if not (self.env.su or self.env.user.has_group(FINANCE)):
            raise UserError(self.env._("Finance reverses entries."))
        if any(not row.needs_reversal for row in self):
            raise UserError(self.env._("There is nothing to reverse."))
        self._reverse_entries()
        return True

    def _reverse_entries(self):
        """Reverse with the rights of the present user, and post the reversal."""
        for move in self.move_id:
            today = move.company_id._water_today()
            label = self.env._("Withdrawn: %s", move.invoice_origin)
            values = {"date": today, "invoice_date": today, "ref": label}
            untrusted(move)._reverse_moves([values], cancel=True)

    def _ask_reversal(self):
        """Tell finance that an entry has to be reversed."""
        numbers = ", ".join(self.mapped("name"))
        for company in self.company_id:
            self.env["water.staff.message"]._tell(
                company._water_finance_people(),
                lambda env: (
                    env._("To be reversed: %s", numbers),
                    env._("The compensation was withdrawn after its entry had been posted."),
                ),
            )

    def action_open_move(self):
        """Open the entry in Odoo's own screens; the rules of accounting apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.move_id)

    # -- payee ---------------------------------------------------------------------------------
    # A holder who is entered later than he came is paid what has been his since (S3.2.3a).
    #
    # What is not decided follows; what is approved is decided anew, and its draft entry cancelled;
    # what is posted is not paid to him, but booked back and decided anew; what is paid stays.

    def _rightful(self):
        """{res.partner} it is owed to by what is known of the account now; nobody where people, or
        a case, have named him.
        """
        root = self._root()
        if root.incident_id and root._is_of_incident():
            return root.account_id._holder_at(root.failed_at)
        application = root._application()
        one = application is not None and not application._holder_change()
        return application._payee() if one else self.env["res.partner"]

    def _root(self):
        """What it was first worked out as: differences and penalties follow that."""
        row = self.penalty_of_id or self
        return row.corrects_id or row

    def _application(self):
        """The application about a bill of which it has come, if any."""
        if not (self.origin_key or "").startswith(BY_APPLICATION):
            return None
        for model in ("water.leak.allowance", "water.meter.refund"):
            # sudo: an application - whose bill it was, for whoever decides and pays
            found = self.env[model].sudo().search([("compensation_id", "=", self.id)], limit=1)
            if found:
                return found
        return None

    def _application_makers(self):
        """Who has written the application about a bill of which it has come."""
        root = self._root()
        application = root._application()
        if application is None and (root.origin_key or "").startswith("meter:"):
            number = int(root.origin_key.split(":")[1])  # that of its fee alone
            application = self.env["water.meter.refund"].sudo().browse(number)
        return self.env["res.users"] if application is None else application._makers()

    def _holders_fault(self):
        """Why nobody decides or pays what two holders were billed, as a part of a sentence."""
        application = self.sudo()._root()._application()
        day = application is not None and application._holder_change()
        words = self.env._(
            "the holder changed on %s, within what was billed: withdraw it, and hand in an"
            " application for each of the two",
            day,
        )
        return [words] if day else []

    def _dropping_faults(self):
        """Return the reasons, in words, why the compensation cannot end without being paid."""
        taken = self.payment_state == "reversed"  # by finance: nothing goes by it any more
        found = [] if taken else [row for row in self._followers() if row.compensation_id]
        words = self.env._(
            "%s was worked out of what this one gives back: withdraw that one first",
            ", ".join(row.compensation_id.name for row in found),
        )
        return [words] if found else []

    def _after_dropped(self):
        """Where the whole of it was taken off another bill, that one gives it now."""
        self._tell_taken_back()  # before its penalties go with it
        super()._after_dropped()
        self._follow_booking()

    def _followers(self):
        """Applications that were worked out of what this one gives back."""
        application = self._application()
        return application._worked_out_of_it() if application is not None else []

    def _follow_booking(self):
        """Finance has booked it, or has taken it back: what goes by it follows."""
        for row in trusted(self.sudo()):
            for application in row._followers():
                application._work_out_again(self.env._("%s was booked otherwise", row.name))
        back = self.sudo().filtered(
            lambda row: row.state == "approved" and row.payment_state == "reversed"
        )
        for company, rows in back.grouped("company_id").items():
            people = rows._supervisors_asked() or company._water_asked_user()
            self.env["water.staff.message"]._tell(people, rows._compose_booked_back)

    def _other_payee(self):
        """{res.partner} it is owed to, where that is another than it says."""
        payee = self._rightful()
        return payee.browse() if payee._water_is_same_payee(self.partner_id) else payee

    def _follow_holder(self):
        for row in self:
            payee = row._other_payee()
            if payee:
                row._take_payee(payee)

    def _take_payee(self, payee):
        """Not posted yet: another is paid, and it is decided anew if it was approved."""
        values = {"partner_id": payee.id, **self._undecided()}
        self.write(values)
        self._log_case("payee")
        if "state" in values:
            self._after_proposed()

    # -- taken back ----------------------------------------------------------------------------
    # Whoever has been told of a compensation hears when it is not paid, and why (S2.1.1).
    #
    # He has been told when it was credited, or when a letter of his case named it; what was only
    # proposed and refused among the staff is no news to him.

    def _was_told(self):
        """Those whose payees know of them."""
        rows = self.sudo()
        return rows.filtered(lambda row: row.partner_id and (row.told_at or row._is_named()))

    def _is_named(self):
        """Whether a letter to the payee, sent since it was proposed, says its amount."""
        letters = self.complaint_id.notice_ids.filtered(
            lambda letter: letter.sent_at >= (self.proposed_at or self.create_date)
        )
        return self._own_case() is not None and any(map(self._stands_in, letters))

    def _stands_in(self, letter):
        told = self.with_context(lang=letter._letter_lang())
        text = html.fromstring(f"<div>{letter.body or ''}</div>").text_content()
        return plain(told._money()) in plain(text)

    def _tell_taken_back(self):
        """Tell those who know of it that it is not paid; what is owed otherwise is not over."""
        over = self.sudo().filtered(lambda row: row.state in ("refused", "withdrawn"))
        known = over.filtered(lambda row: not row.is_replaced)._was_told()
        # a penalty goes with what it was for, and is not told of beside it
        known -= known.filtered(lambda row: row.penalty_of_id.taken_back_at)
        trusted(known).taken_back_at = fields.Datetime.now()
        template = self.env.ref("water_compensation.mail_template_compensation_taken_back")
        self.env["water.message"]._queue(template, known)

    def _why_taken_back(self):
        return said(self.refuse_reason)

    # -- on his page ------------------------------------------------------------------------

    @api.model
    def _shown_domain(self):
        """What customers may know of, and what they were told is not paid after all."""
        return self._public_domain() | Domain("taken_back_at", "!=", False)

    def _shown_rows(self):
        return self.sudo().filtered_domain(self._shown_domain()).sorted("id")

    def _reason_shown(self):
        """Why it was to be paid, and why it is not."""
        why = self._reason_for_customer()
        if not self.taken_back_at:
            return why
        not_paid = self.env._("Why it is not paid: %s", self._why_taken_back())
        return f"{why}\n{not_paid}"

    # -- booked back ---------------------------------------------------------------------------
    # Finance's own reversal decides nothing: what was approved is credited anew, or withdrawn
    # with a reason, which is when the customer hears of it (S2.1.1). Until then it waits in lists.

    def _supervisors_asked(self):
        """The supervisors of the cases that they are about."""
        people = self.env["res.users"]
        for row in self:
            case = row._case_or_none()
            people |= people if case is None else case._desk_supervisors()
        return people

    def _compose_booked_back(self, env):
        return (
            env._("Booked back by finance: %s", ", ".join(self.mapped("name"))),
            env._(
                "It is approved, and the customer may know of it. Have the entry made anew, or"
                " withdraw it with the reason, which the customer then reads."
            ),
        )
