import base64
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...base.trust import trusted
from ..anchor_file import BadAnchor, chain_key, digest, pack, read

#: No transaction lasts longer, so that no event with a lower number can still appear.
OVERLAP = timedelta(hours=1)
BATCH = 5000


class WaterAnchor(models.Model):
    """The heads of all chains of events that have moved, in one digest that is kept outside.

    Whoever has the database can alter an event and work its chain out anew, head included. He
    cannot alter what lies elsewhere: the digest of a day binds all heads of that day, and the
    digest of the day before (design rule 5).
    """

    _name = "water.anchor"
    _inherit = ["water.kept.mixin", "water.never.deleted.mixin"]
    _description = "Anchor of the Event Chains"
    _order = "number desc"
    _rec_name = "number"
    _allow_sudo_commands = False

    number = fields.Integer(required=True, readonly=True, aggregator=None)
    sealed_at = fields.Datetime(required=True, readonly=True)
    chain_count = fields.Integer(
        string="Chains", readonly=True, help="How many have moved since the anchor before."
    )
    digest = fields.Char(readonly=True, help="SHA-256 of the file: what is kept outside.")
    previous_digest = fields.Char(readonly=True)
    upto = fields.Json(readonly=True, help="{model of events: highest number that was there}")
    line_ids = fields.One2many("water.anchor.line", "anchor_id", groups=fields.NO_ACCESS)
    content = fields.Binary(string="File", compute="_compute_content")
    file_name = fields.Char(compute="_compute_file_name")

    _number_uniq = models.UniqueIndex("(number)")

    @api.depends("number")
    def _compute_file_name(self):
        for anchor in self:
            anchor.file_name = f"anchor-{anchor.number:06d}.json"

    @api.depends("digest")
    def _compute_content(self):
        for anchor in self:
            content = anchor._content()
            anchor.content = content and base64.b64encode(content)

    # -- drawing it up ------------------------------------------------------------------------

    @api.model
    def _cron_anchor(self):
        """Scheduled action: bind what has happened since the last time, and keep it outside."""
        self._draw()
        self._keep_all()

    @api.model
    def _draw(self):
        """A new anchor over all chains that have moved since the last one."""
        self.env.flush_all()
        moved, upto = self._moved()
        # sudo: water.anchor - drawn up by the system alone
        mine = trusted(self.sudo())
        last = mine.search([], limit=1)
        values = {"number": last.number + 1, "sealed_at": fields.Datetime.now(), "upto": upto}
        anchor = mine.create({**values, "previous_digest": last.digest})
        anchor.line_ids._write_all(anchor, moved)
        anchor.write({"chain_count": len(moved), "digest": digest(anchor._pack())})
        return self.browse(anchor.id)

    @api.model
    def _moved(self):
        """Chains whose head no anchor has, and how far each kind of events has been read.

        :return: [(chain, key, number of events, digest of the last)], {model of events: number}
        """
        found, upto = [], {}
        before = fields.Datetime.now() - OVERLAP
        known = self.sudo().search([("sealed_at", "<=", before)], limit=1).upto or {}
        for chains in self._chain_models():
            events = self.env[chains._chain_event]
            upto[events._name] = self._highest(events)
            ids = self._touched(chains, events, known.get(events._name, 0))
            for part in split_every(BATCH, ids):
                found += self._heads(chains.browse(part))
                chains.invalidate_model()
        return self.env["water.anchor.line"]._unknown(found), upto

    @api.model
    def _chain_models(self):
        """Empty recordsets of everything that has a chain, as the system sees it."""
        return [
            model.sudo().with_context(active_test=False)
            for model in self.env.values()
            if getattr(model, "_chain_event", None) and not model._abstract
        ]

    @api.model
    def _highest(self, events):
        rows = self.env.execute_query(SQL("SELECT max(id) FROM %s", SQL.identifier(events._table)))
        return rows[0][0] or 0

    @api.model
    def _touched(self, chains, events, since):
        """Numbers of the records with events after ``since``."""
        link = SQL.identifier(events._chain_link(chains._name))
        table = SQL.identifier(events._table)
        query = "SELECT DISTINCT %s FROM %s WHERE id > %s AND %s IS NOT NULL"
        return [row[0] for row in self.env.execute_query(SQL(query, link, table, since, link))]

    @api.model
    def _heads(self, chains):
        return [
            (
                f"{chain._name},{chain.id}",
                chain_key(chain._name, chain._chain_name()),
                chain.event_count,
                chain.event_head,
            )
            for chain in chains.exists()
            if chain.event_head
        ]

    # -- the file -----------------------------------------------------------------------------

    def _content(self):
        """The bytes that are kept outside; nothing when they cannot be made again."""
        content = self._pack()
        return content if digest(content) == self.digest else b""

    def _pack(self):
        # sudo: ir.config_parameter, water.anchor.line - keys and digests, no data of anybody
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        rows = [(row.key, row.events, row.head) for row in self.sudo().line_ids]
        return pack(database, self.number, self.sealed_at, self.previous_digest, rows)

    # -- checking -----------------------------------------------------------------------------

    def action_check(self):
        """Compare the chains of today with this anchor, and it with those beside it."""
        self.ensure_one()
        self.check_access("read")
        faults = self._link_faults() + self._file_faults(self._pack())
        return self._shown(faults)

    @api.model
    def _shown(self, faults):
        """The client action that tells what a check has found."""
        text = "\n".join(faults[:20]) or self.env._("All chains are as they were anchored.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": text, "type": "danger" if faults else "success", "sticky": True},
        }

    def _link_faults(self):
        """Whether the anchor is the one that was drawn up, and follows the one before."""
        before = self.sudo().search([("number", "<", self.number)], limit=1)
        is_whole = digest(self._pack()) == self.digest and before.number == self.number - 1
        if is_whole and (before.digest or False) == (self.previous_digest or False):
            return []
        return [self.env._("Anchor no. %s was altered.", self.number)]

    @api.model
    def _file_faults(self, content):
        """What of today is not as a file from outside says.

        :param content: the bytes of an anchor
        :return: list of faults in the reader's language
        :raises UserError: when it is no anchor
        """
        try:
            number, marks = read(content)
        except BadAnchor:
            raise UserError(self.env._("This file is no anchor of event chains.")) from None
        faults = []
        # sudo: water.anchor - compared, not shown
        kept = self.sudo().search([("number", "=", number)])
        if kept.digest != digest(content):
            faults.append(self.env._("The database has another anchor no. %s.", number))
        chains = self.env["water.anchor.line"]._chains(marks)
        missing = len(marks) - len(chains)
        if missing:
            faults.append(self.env._("%s chains of the anchor are gone.", missing))
        found = {
            chain: chain._event_faults() + chain._anchor_faults({number: marks[key]})
            for key, chain in chains.items()
        }
        return faults + self._told(found)

    @api.model
    def _told(self, found):
        """Faults of chains, by name for whoever may read the record alone.

        :param found: {record: faults}
        """
        told, has_hidden = [], False
        for chain, faults in found.items():
            may_read = chain.sudo(False).has_access("read")
            told += faults if may_read else []
            has_hidden |= bool(faults) and not may_read
        if has_hidden:
            told.append(self.env._("Chains that you may not read are not as they were anchored."))
        return told

    @api.model
    def _by_model(self, names):
        """{name of a chain: record} of the names that are there, as the system sees them."""
        wanted = defaultdict(list)
        for name in names:
            model, _comma, number = name.partition(",")
            wanted[model].append(int(number))
        # sudo: chains - whether they are whole is asked by whoever may read the anchor
        return {
            f"{model},{record.id}": record
            for model, ids in wanted.items()
            if model in self.env
            for record in self.env[model].sudo().browse(ids).exists()
        }
