import logging

from lxml import html
from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command, Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted, untrusted
from odoo.addons.water_service_desk.base.words import strip_invisible

from .water_compensation import FINANCE, LIVE
from .water_notice import plain

_logger = logging.getLogger(__name__)
#: Entries made per committed batch of the scheduled action.
BATCH = 50
#: how many entries an approver's click makes at once; a scheduled action makes the rest
AT_ONCE = 20


class WaterCompensation(models.Model):
    """Approved, a compensation makes one draft entry; posting and paying check it once."""

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
    can_make_entry = fields.Boolean(compute="_compute_can_make_entry")

    _queue_idx = models.Index("(id) WHERE move_queued IS TRUE")

    taken_back_at = fields.Datetime(string="Told That It Is Not Paid at", readonly=True, copy=False)

    # -- frozen --------------------------------------------------------------------------------
    # Posting and payment wait after a change of holder, payee, bank or contact.
    #
    # Approval is possible meanwhile; the rightful payee gets the money.

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
        named = self.filtered(lambda row: row.partner_id and row._is_payee_unknown())
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
        super()._after_proposed()  # system fields are written before it is decided

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
    # A customer gets a credit note, others a vendor bill. There is one entry even for repeated or
    # concurrent requests: the row is locked, and a unique index on entries backs it.

    @api.depends("account_id", "partner_id", "kind")
    def _compute_payee_kind(self):
        """Customers get what rules and goodwill give; claims may come from others.

        Account holders and invoiced contacts are customers.
        """
        partners = self.filtered(lambda row: row.kind == "claim").partner_id
        accounts = self.env["water.account"].with_context(active_test=False)
        same = partners._water_same_payee()
        holders = accounts.search([("partner_id", "in", same.ids)]).partner_id
        for row in self:
            partner = row.partner_id
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
        if any(row.move_queued for row in self):
            self.env.ref("water_compensation.ir_cron_compensation_entries")._trigger()

    def action_make_entry(self):
        """Make the draft entry again after it was deleted, reversed, or impossible.

        :raises UserError: for other users than finance and supervisors, or why it cannot be made
        """
        self.check_access("write")
        if not self._may_make_entry():
            raise UserError(self.env._("Finance or a supervisor has the entry made."))
        self._lock()
        if any(not row.can_make_entry for row in self):
            raise UserError(self.env._("There is an entry already, or no approval yet."))
        rows = trusted(self.sudo())
        rows._follow_holder()  # another payee is decided anew
        rows.filtered(lambda row: row.state == "approved").move_queued = True
        rows._make_entries()
        errors = [row.move_error for row in rows if row.move_error]
        if errors:
            raise UserError("\n".join(dict.fromkeys(errors)))
        return True

    def _make_entries(self):
        """Make one entry for each waiting row, except rows locked by another worker."""
        rows = trusted(self).try_lock_for_update(allow_referencing=True)
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
        # a reversed entry stays in the books, and a new one replaces it
        back = self.filtered(lambda row: row.payment_state == "reversed").move_id
        if back:
            untrusted(back).write({"water_compensation_id": False})
            back.flush_recordset(["water_compensation_id"])
        moves = untrusted(self.env["account.move"]).with_company(self.company_id)
        moves = moves.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        made = moves.create([row._entry_values(books) for row in self])
        for row, move in zip(self, made, strict=True):
            row.write({"move_id": move.id, "move_queued": False, "move_error": False})

    def _entry_values(self, books):
        """Return the values of the draft entry, without the customer's words."""
        customer = self.payee_kind == "customer"
        journal = books["journal" if customer else "bill_journal"]
        reference = " / ".join(filter(None, (self.name, self.case_name)))
        told = self._in_payee_lang().env  # the credit note is the payee's
        kinds = dict(self._fields["kind"]._description_selection(told))
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
            "ref": reference,
            "invoice_origin": self.name,
            "invoice_user_id": False,
            "invoice_date": False if customer else self.company_id._water_today(),
            "invoice_payment_term_id": False,
            "invoice_date_due": self.due_on or self.company_id._water_today(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": f"{kinds[self.kind]} {reference}",
                        "product_id": books["product"].id,
                        "account_id": (books["account"] or journal.default_account_id).id,
                        "quantity": 1,
                        "price_unit": self.amount,
                        "tax_ids": [Command.set(books["taxes"].ids)],
                    }
                )
            ],
        }

    @api.model
    def _cron_entries(self):
        for batch in self._batches(Domain("move_queued", "=", True), BATCH):
            batch._make_entries()

    # -- taking entries back --------------------------------------------------------------------

    def _drop_entries(self):
        """Cancel drafts and reverse posted entries, or ask finance to reverse them.

        Requests stay in finance's list until they are done.
        """
        rows = self.sudo()
        drafts = rows.filtered(lambda row: row.payment_state == "draft").move_id
        untrusted(drafts).button_cancel()
        posted = rows.filtered(lambda row: row.payment_state == "posted")
        if posted and self.env.user.has_group(FINANCE) and not self.env.su:
            posted.with_user(self.env.user)._reverse_entries()
        elif posted:
            numbers = ", ".join(posted.mapped("name"))
            for company in posted.company_id:
                self.env["water.staff.message"]._tell(
                    company._water_finance_people(),
                    lambda env: (
                        env._("To be reversed: %s", numbers),
                        env._("The compensation was withdrawn after its entry had been posted."),
                    ),
                )

    def action_reverse(self):
        """Finance: reverse the entry of a withdrawn compensation.

        :raises UserError: for other users, or when there is nothing to reverse
        """
        self.check_access("write")
        self._lock()
        if not (self.env.su or self.env.user.has_group(FINANCE)):
            raise UserError(self.env._("Finance reverses entries."))
        if any(not row.needs_reversal for row in self):
            raise UserError(self.env._("No entry to reverse."))
        self._reverse_entries()
        return True

    def _reverse_entries(self):
        for move in self.move_id:
            today = move.company_id._water_today()
            label = self.env._("Withdrawn: %s", move.invoice_origin)
            values = {"date": today, "invoice_date": today, "ref": label}
            untrusted(move)._reverse_moves([values], cancel=True)

    def action_open_move(self):
        """Open the entry in Odoo's own screens; the rules of accounting apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.move_id)

    # -- payee ---------------------------------------------------------------------------------
    # A holder entered late gets what has been due since moving in (S3.2.3a).
    #
    # Undecided ones follow the new holder; approved ones are decided again and their draft entry is
    # cancelled; posted ones are reversed and decided again; paid ones stay.

    def _rightful(self):
        """Return the rightful payee by the account's present data; empty where people, or a
        case, named one.
        """
        root = self._root()
        if root.incident_id and root._is_of_incident():
            return root.account_id._holder_at(root.failed_at)
        holder, changed = root._holder_of_bill()
        return holder.browse() if changed else holder

    def _root(self):
        """Return the original calculation, which corrections and penalties follow."""
        row = self.penalty_of_id or self
        return row.corrects_id or row

    def _holder_of_bill(self):
        """Return ``(payee, day the holder changed within it)`` of the bill that is given back,
        if any.
        """
        if not self.billed_from:
            return self.env["res.partner"], False
        return self.account_id._holder_of_bill(self.billed_from, self.billed_to)

    def _holders_fault(self):
        """Return, as a part of a sentence, why a bill of two holders is neither decided nor
        paid.
        """
        day = self.sudo()._root()._holder_of_bill()[1]
        words = self.env._(
            "the holder changed on %s, within what was billed: withdraw it, and hand in an"
            " application for each of the two",
            day,
        )
        return [words] if day else []

    def _after_dropped(self):
        self._tell_taken_back()  # before its penalties go with it
        super()._after_dropped()

    def _after_booked_back(self):
        """Ask supervisors what follows when finance has reversed an approved one.

        It is credited again, or withdrawn with a reason that the customer reads (S2.1.1).
        """
        back = self.filtered(
            lambda row: row.state == "approved" and row.payment_state == "reversed"
        )
        for company, rows in back.grouped("company_id").items():
            cases = [row._case_or_none() for row in rows]
            people = self.env["res.users"].union(
                *(case._desk_supervisors() for case in cases if case is not None)
            )
            numbers = ", ".join(rows.mapped("name"))
            self.env["water.staff.message"]._tell(
                people or company._water_asked_user(),
                lambda env, numbers=numbers: (
                    env._("Booked back by finance: %s", numbers),
                    env._(
                        "It is approved, and the customer may know of it. Have the entry made anew,"
                        " or withdraw it with the reason, which the customer then reads."
                    ),
                ),
            )

    def _other_payee(self):
        payee = self._rightful()
        return payee.browse() if payee._water_is_same_payee(self.partner_id) else payee

    def _follow_holder(self):
        for row in self:
            payee = row._other_payee()
            if payee:
                values = {"partner_id": payee.id, **row._undecided()}
                row.write(values)
                row._log_case("payee")
                if "state" in values:
                    row._after_proposed()

    # -- taken back ----------------------------------------------------------------------------
    # Customers who know of a compensation are told if it is not paid, and why (S2.1.1).
    #
    # The customer knows of it once it was credited or a letter named it; a proposal that staff
    # refused is not known outside.

    def _was_notified(self):
        rows = self.sudo()
        return rows.filtered(lambda row: row.partner_id and (row.told_at or row._is_named()))

    def _is_named(self):
        """Whether a letter to the payee, sent since it was proposed, says its amount."""
        letters = self.complaint_id.notice_ids.filtered(
            lambda letter: letter.sent_at >= (self.proposed_at or self.create_date)
        )
        if self._own_case() is None:
            return False
        for letter in letters:
            money = self.with_context(lang=letter._letter_lang())._money()
            text = html.fromstring(f"<div>{letter.body or ''}</div>").text_content()
            if plain(money) in plain(text):
                return True
        return False

    def _tell_taken_back(self):
        """Tell customers who know of it that it is not paid, unless it is due otherwise."""
        over = self.filtered(lambda row: row.state in ("refused", "withdrawn"))
        known = over.filtered(lambda row: not row.is_replaced)._was_notified()
        # penalties go with their compensation and are not mentioned separately
        known -= known.filtered(lambda row: row.penalty_of_id.taken_back_at)
        trusted(known).taken_back_at = fields.Datetime.now()
        template = self.env.ref("water_compensation.mail_template_compensation_taken_back")
        self.env["water.message"]._queue(template, known)

    def _why_taken_back(self):
        return strip_invisible(self.refuse_reason)

    # -- on the customer page ---------------------------------------------------------------

    @api.model
    def _shown_domain(self):
        return self._public_domain() | Domain("taken_back_at", "!=", False)

    def _shown_rows(self):
        return self.sudo().filtered_domain(self._shown_domain()).sorted("id")

    def _reason_shown(self):
        why = self._reason_for_customer()
        if not self.taken_back_at:
            return why
        not_paid = self.env._("Why it is not paid: %s", self._why_taken_back())
        return f"{why}\n{not_paid}"
