import logging

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted, untrusted

from .water_compensation import FINANCE

_logger = logging.getLogger(__name__)

#: Entries made per committed batch of the scheduled action.
BATCH = 50
#: So many are made at once by the approver's own click; the rest waits for the next moment.
AT_ONCE = 20
QUEUED = [("move_queued", "=", True)]


class WaterCompensation(models.Model):
    """An approved compensation makes exactly one draft entry; finance posts and pays it.

    One for a customer is a credit note, one for somebody else a bill. However often and by how
    many at once it is asked for, there is one: the row is locked while it is made, and a unique
    index of the entries stands behind it.
    """

    _inherit = "water.compensation"

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
        """Hook: another entry is about to be made."""

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
        moves = self.filtered(lambda row: row.payment_state == "reversed").move_id
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
        return " / ".join(part for part in (self.name, self.case_name) if part)

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
