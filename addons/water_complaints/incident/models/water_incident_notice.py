from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.isolated import FAILED, run_isolated
from odoo.addons.water_service_desk.base.trust import trusted

#: Accounts and cases handled per committed batch.
BATCH = 200


class WaterIncidentNotice(models.Model):
    """News about an incident to everyone affected, vulnerable customers first (S2.1.3).

    Sent in the background in batches: each person once, even if the job is killed or run twice.
    """

    _name = "water.incident.notice"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "News about an Incident"
    _order = "id desc"
    _rec_name = "body"
    _allow_sudo_commands = False

    incident_id = fields.Many2one(
        "water.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("progress", "How it stands"), ("restored", "End of the incident")],
        required=True,
        readonly=True,
    )
    body = fields.Text(string="Text", required=True, readonly=True)
    body_en = fields.Text(string="Text (English)", readonly=True)
    begin_at = fields.Datetime(string="Beginning as Told", readonly=True)
    expected_at = fields.Datetime(string="Expected Restoration", readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="Published By", required=True, readonly=True)
    state = fields.Selection(
        [("queued", "Being sent"), ("done", "Sent")],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    contact_ids = fields.One2many("water.incident.contact", "notice_id", string="Told")
    contact_count = fields.Integer(string="People", compute="_compute_counts")
    reached_count = fields.Integer(string="Reached", compute="_compute_counts")
    last_account_id = fields.Integer(readonly=True, help="How far the accounts are listed.")
    last_model = fields.Char(readonly=True)
    last_case_id = fields.Integer(readonly=True, help="How far cases are closed.")
    is_listed = fields.Boolean(readonly=True)
    chosen = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="{case model: ids} ticked to be closed at the end; empty: all proposed.",
    )
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)

    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.model
    def _readonly_message(self):
        return self.env._("News are sent with the button of the incident, and kept as they are.")

    def _compute_counts(self):
        contacts = self.env["water.incident.contact"].sudo()
        mine = Domain("notice_id", "in", self._origin.ids)
        everyone = dict(contacts._read_group(mine, ["notice_id"], ["__count"]))
        reached = Domain("is_reached", "=", True)
        reached = dict(contacts._read_group(mine & reached, ["notice_id"], ["__count"]))
        for notice in self:
            notice.contact_count = everyone.get(notice._origin, 0)
            notice.reached_count = reached.get(notice._origin, 0)

    # -- the background job -----------------------------------------------------------------

    @api.model
    def _cron_broadcast(self):
        """Scheduled action: send queued news, close cases of ended incidents, remind commanders."""
        self = trusted(self.sudo())
        for notice in self.search([("state", "=", "queued")], order="id"):
            while (more := run_isolated(notice, type(self)._work)) is True:
                if not self.env["ir.cron"]._commit_progress(BATCH, remaining=1):
                    return
                self.env.invalidate_all()
            if more is FAILED:
                continue
            trusted(notice).write({"state": "done"})
            if notice.kind == "restored":
                notice.incident_id._note_end()
            self.env["ir.cron"]._commit_progress(1)
        self.env["water.incident"]._remind_of_news()
        self.env["water.incident"]._watch_repairs()
        self.env["water.incident"]._watch_expected_ends()

    def _work(self):
        """Do one batch; return False when nothing is left."""
        if not self.is_listed:
            return self._list_people()
        if self._tell_people():
            return True
        return self.kind == "restored" and self.incident_id._close_cases(self, BATCH)

    def _list_people(self):
        """List everyone with a linked case, and every account of the area."""
        if not self.last_account_id:
            self._list_cases()
        domain = self.incident_id._accounts_domain() & Domain("id", ">", self.last_account_id)
        accounts = self.env["water.account"].search(domain, order="id", limit=BATCH * 5)
        told = self.contact_ids.partner_id
        rows = {}
        for account in accounts.filtered(lambda account: account.partner_id not in told):
            rows.setdefault(account.partner_id, self._row(account=account))
        trusted(self.env["water.incident.contact"]).create(list(rows.values()))
        done = len(accounts) < BATCH * 5
        trusted(self).write(
            {"last_account_id": accounts[-1:].id or self.last_account_id or -1, "is_listed": done}
        )
        return True

    def _list_cases(self):
        """List the people of the cases, and subscribers without a case of their own."""
        contacts = trusted(self.env["water.incident.contact"])
        contacts.create(
            [self._case_row(case) for case in self.incident_id._people_of_cases().values()]
        )
        subscribers = self.env["water.incident.affected"].search(
            [("incident_id", "=", self.incident_id.id), ("is_subscribed", "=", True)]
        )
        known = self.contact_ids.partner_id
        contacts.create(
            [
                {
                    **self._row(account=row.account_id),
                    "affected_id": row.id,
                    "partner_id": row.partner_id.id,
                }
                for row in subscribers
                if row.partner_id not in known
            ]
        )

    @api.model
    def _merged_into(self, case):
        return case._joined_cases()

    def _case_row(self, case):
        link = self.env["water.incident.contact"]._case_field(case._name)
        row = self._row(account=case.account_id)
        return {**row, link: case.id, "partner_id": case.partner_id.id}

    def _tell_cases(self, cases):
        """Record that these callers were told the news."""
        rows = [self._case_row(case) for case in cases]
        # sudo: water.incident.contact - registering a case records that its customer was told
        contacts = trusted(self.env["water.incident.contact"].sudo()).create(rows)
        self.sudo()._tell(contacts)

    def _row(self, account):
        return {
            "notice_id": self.id,
            "account_id": account.id,
            "partner_id": account.partner_id.id,
            "served_first": any(account.flag_ids.mapped("served_first")),
        }

    def _tell_people(self):
        """Queue a batch of messages, to those who are served first at first."""
        contacts = self.env["water.incident.contact"].search(
            [("notice_id", "=", self.id), ("told_at", "=", False)],
            order="served_first desc, id",
            limit=BATCH,
        )
        if not contacts:
            return False
        self._tell(contacts)
        return True

    def _tell(self, contacts):
        template = self.env.ref("water_complaints.mail_template_incident")
        messages = self.env["water.message"]._queue(template, contacts)
        self._overtake_older(messages)
        trusted(contacts).write({"told_at": fields.Datetime.now()})
        at_once = messages.sudo().filtered(lambda message: not message.not_before)
        at_once.incident_contact_id._log_notified()
        if self.kind == "restored":
            (contacts - messages.sudo().incident_contact_id)._ask_to_call()

    def _overtake_older(self, messages):
        """Void older news that a recipient has not got yet, so that only the newest are sent.

        :param messages: water.message with these news
        """
        earlier = self.incident_id.notice_ids.filtered(lambda row: row.id < self.id)
        if not (earlier and messages):
            return
        # sudo: water.message - of the same incident, to the same addresses
        messages = messages.sudo()
        older = messages.search(
            Domain("address", "in", messages.mapped("address"))
            & Domain("incident_contact_id.notice_id", "in", earlier.ids)
            & (
                Domain("state", "=", "failed")
                | Domain("state", "=", "queued") & Domain("not_before", ">", fields.Datetime.now())
            )
        )
        told = {(row.medium, row.address) for row in messages}
        older.filtered(lambda row: (row.medium, row.address) in told)._overtake()
