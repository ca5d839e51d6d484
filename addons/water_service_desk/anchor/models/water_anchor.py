import base64
import hashlib
import logging
import os
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every, str2bool

from ...anchor import time_stamp
from ...base.roles import QUALITY
from ...base.scope import uses
from ...base.trust import trusted
from ...messaging import guarded_http
from ...messaging.gateway_http import GatewayError
from ...messaging.models.water_gateway import ALLOWED_KEY
from ..anchor_file import BadAnchor, chain_key, digest, pieces, read, read_rows

#: No transaction lasts longer, so that no event with a lower number can still appear.
OVERLAP = timedelta(hours=1)
#: Chains in memory at a time.
BATCH = 5000
_logger = logging.getLogger(__name__)
FOLDER = "water_service_desk.anchor_folder"
MAIL = "water_service_desk.anchor_mail"
AUTHORITY = "water_service_desk.anchor_authority"
SECONDS = 30
#: Larger files (bytes) do not go by mail, which says so: their digest does.
MAIL_MOST = 5 * 1024 * 1024


def _completed(path, parts):
    """Complete a file whose writer was killed; return whether it is complete and equal."""
    fits = True
    with open(path, "r+b") as file:
        for part in parts:  # to the end, where they come from is closed
            here = file.read(len(part))
            fits = fits and part.startswith(here)
            if fits:
                file.write(part[len(here) :])
        fits = fits and not file.read(1)
        file.flush()
        os.fsync(file.fileno())
    return fits


class WaterAnchor(models.Model):
    """The heads of all changed event chains, in one digest stored outside the database.

    A database administrator can alter an event and recompute its chain with the head, but not what
    is stored elsewhere: the digest of a day binds all heads of that day, and the digest of the day
    before (design rule 5).
    """

    _name = "water.anchor"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
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
    file_name = fields.Char(compute="_compute_file_name")

    _number_uniq = models.UniqueIndex("(number)")

    kept_at = fields.Datetime(string="Kept Outside", readonly=True)
    fault = fields.Char(readonly=True, help="Why it is not kept outside yet.")
    is_filed = fields.Boolean(string="In the Folder", readonly=True)
    is_mailed = fields.Boolean(string="Mailed", readonly=True)
    stamp = fields.Binary(string="Time Stamp", readonly=True, attachment=False)
    stamp_name = fields.Char(compute="_compute_file_name")

    @api.depends("number")
    def _compute_file_name(self):
        for anchor in self:
            anchor.file_name = f"anchor-{anchor.number:06d}.json"
            anchor.stamp_name = f"anchor-{anchor.number:06d}.tsr"

    # -- drawing it up ------------------------------------------------------------------------

    @api.model
    def _cron_anchor(self):
        """Scheduled action: anchor the chains that have changed, and store the anchor outside."""
        if not uses(self.env, "water_service_desk.group_use_anchors"):
            return
        self._draw()
        # a stored file stays: after a rollback its number would be used twice
        self.env["ir.cron"]._commit_progress()
        self._keep_all()

    @api.model
    def _draw(self):
        """A new anchor over all chains that have moved since the last one."""
        self.env.flush_all()
        # sudo: water.anchor - drawn up by the system alone
        mine = trusted(self.sudo())
        last = mine.search([], limit=1)
        known = self._known(mine)
        values = {"number": last.number + 1, "sealed_at": fields.Datetime.now()}
        anchor = mine.create({**values, "previous_digest": last.digest})
        count, upto = 0, {}
        for chains in self._chain_models():
            source = chains._anchor_source()
            upto[source._name] = self._highest(source)
            for ids in self._touched(chains, known.get(source._name, 0)):
                moved = anchor.line_ids._unknown(self._heads(chains.browse(ids)))
                anchor.line_ids._write_all(anchor, moved)
                count += len(moved)
                chains.invalidate_model()
        anchor.write({"chain_count": count, "upto": upto})
        anchor.digest = digest(anchor._pieces())
        return self.browse(anchor.id)

    @api.model
    def _known(self, anchors):
        """Return {model: highest event number} that the last anchor covers.

        A forged number would keep events from ever being anchored: if it does not fit its digest,
        all events are read again.
        """
        before = fields.Datetime.now() - OVERLAP
        last = anchors.search([("sealed_at", "<=", before)], limit=1)
        return last.upto or {} if last and last._is_whole() else {}

    @api.model
    def _chain_models(self):
        return [
            model.sudo().with_context(active_test=False)
            for model in self.env.values()
            if getattr(model, "_is_anchored", False) and not model._abstract
        ]

    @api.model
    def _highest(self, source):
        rows = self.env.execute_query(SQL("SELECT max(id) FROM %s", SQL.identifier(source._table)))
        return rows[0][0] or 0

    @api.model
    def _touched(self, chains, since):
        """Yield the ids of records that changed after ``since``, in parts."""
        for rows in self._read_on("water_anchor_touched", chains._touched_since(since)):
            yield [row[0] for row in rows]

    @api.model
    def _read_on(self, name, query):
        cursor = SQL.identifier(name)
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, query))
        while rows := self.env.execute_query(SQL("FETCH %s FROM %s", BATCH, cursor)):
            yield rows
        self.env.cr.execute(SQL("CLOSE %s", cursor))

    @api.model
    def _heads(self, chains):
        return [
            (f"{chain._name},{chain.id}", chain_key(chain._name, chain._chain_name()), count, head)
            for chain in chains.exists()
            for count, head in (chain._anchored(),)
            if head
        ]

    # -- the file -----------------------------------------------------------------------------

    def _pieces(self):
        """Yield the bytes of the anchor, from the stored rows."""
        # sudo: ir.config_parameter - the database's UUID
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        facts = (database, self.number, self.sealed_at, self.previous_digest)
        return pieces(*facts, self._lines(), self.upto)

    def _lines(self):
        """Yield ``(key, number of events, digest)`` of the chains, sorted as in the file."""
        query = SQL(
            "SELECT key, events, head FROM water_anchor_line WHERE anchor_id = %s"
            ' ORDER BY key COLLATE "C", events, head COLLATE "C"',
            self.id,
        )
        for rows in self._read_on(f"water_anchor_{self.id}", query):
            yield from rows

    def _is_whole(self):
        """Return whether the rows still give the stored digest."""
        return digest(self._pieces()) == self.digest

    def _spooled(self):
        """Return a temporary file with the bytes of the anchor."""
        file = TemporaryFile()
        file.writelines(self._pieces())
        file.seek(0)
        return file

    def action_download(self):
        """Fetch the file that is kept outside."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/water/anchor/{self.id}",
            "target": "download",
        }

    # -- checking -----------------------------------------------------------------------------

    def action_check(self):
        """Compare the chains of today with this anchor, and it with those beside it."""
        self.ensure_one()
        self.check_access("read")
        marks = ((key, (count, head)) for key, count, head in self._lines())
        faults = self._link_faults() + self._chain_faults(self.number, marks)
        return self._shown(faults)

    @api.model
    def _shown(self, faults):
        text = "\n".join(faults[:20]) or self.env._("All chains are as they were anchored.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": text, "type": "danger" if faults else "success", "sticky": True},
        }

    def _link_faults(self):
        before = self.sudo().search([("number", "<", self.number)], limit=1)
        is_whole = self._is_whole() and before.number == self.number - 1
        if is_whole and (before.digest or False) == (self.previous_digest or False):
            return []
        return [self.env._("Anchor no. %s was altered.", self.number)]

    @api.model
    def _file_faults(self, stream):
        """Return where the database differs from an anchor file.

        :param stream: an anchor as a seekable binary stream
        :return: list of faults in the reader's language
        :raises UserError: if it is no anchor
        """
        try:
            number, found = read(stream)
        except BadAnchor:
            raise UserError(self.env._("This file is no anchor of event chains.")) from None
        faults = []
        # sudo: water.anchor - compared, not shown
        kept = self.sudo().search([("number", "=", number)])
        if kept.digest != found:
            faults.append(self.env._("The database has another anchor no. %s.", number))
        return faults + self._chain_faults(number, read_rows(stream))

    @api.model
    def _chain_faults(self, number, marks):
        """Return where the present chains differ from an anchor.

        :param number: of the anchor
        :param marks: ``(key, (number of events, digest))`` of chains, read once and in parts
        """
        told, missing = [], 0
        for part in map(dict, split_every(BATCH, marks)):
            chains = self.env["water.anchor.line"]._chains(part)
            missing += len(part) - len(chains)
            told += self._told(
                {
                    chain: chain._event_faults() + chain._anchor_faults({number: part[key]})
                    for key, chain in chains.items()
                }
            )
            self.env.invalidate_all()
        gone = [self.env._("%s chains of the anchor are gone.", missing)] if missing else []
        return gone + list(dict.fromkeys(told))

    @api.model
    def _told(self, found):
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
        # sudo: chains - readers of the anchor may check them
        return {
            f"{model},{record.id}": record
            for model, ids in wanted.items()
            if model in self.env
            for record in self.env[model].sudo().browse(ids).exists()
        }

    # -- keeping -------------------------------------------------------------------------------
    # Where an anchor is kept outside: a folder, the mail boxes of quality, a time stamp.

    @api.model
    def _keep_all(self):
        """Store anchors that are not outside yet, oldest first; notify quality of failures."""
        # sudo: water.anchor - kept by the system alone
        for anchor in trusted(self.sudo()).search([("kept_at", "=", False)], order="number"):
            anchor._keep_outside()
        if self.sudo().search_count([("kept_at", "=", False)], limit=1):
            readers = self._quality()
            self.env["water.staff.message"]._tell(readers, self._words_of_fault)

    def _keep_outside(self):
        """Take one anchor to every place of the settings; what fails is tried again tomorrow."""
        places = self._places()
        faults = [] if places else [self.env._("No place outside is set.")]
        if not self._is_whole():
            places, faults = [], [self.env._("Anchor no. %s was altered.", self.number)]
        for keep, value in places:
            fault = keep(value)
            if fault:
                _logger.warning("Anchor no. %s is not kept outside: %s", self.number, fault)
                faults.append(fault)
        self.write({"fault": " ".join(faults) or False})
        if not faults:
            self.write({"kept_at": fields.Datetime.now()})

    def _places(self):
        """[(method, setting)] of the places where this one is not yet; all, when it is in all."""
        # sudo: ir.config_parameter - settings of a service of the system
        get = self.env["ir.config_parameter"].sudo().get_param
        return [
            (keep, value)
            for keep, value in (
                (self._keep_stamp, get(AUTHORITY)),
                (self._keep_file, get(FOLDER)),
                (self._keep_mail, str2bool(get(MAIL) or "0")),
            )
            if value
        ]

    def _keep_file(self, folder):
        """Write it into the folder of the setting, where no file is ever overwritten."""
        if self.is_filed:
            return None
        try:
            self._write_file(Path(folder, self.file_name), self._pieces(), self.digest)
            if self.stamp:
                stamp = base64.b64decode(self.stamp)
                self._write_file(Path(folder, self.stamp_name), [stamp], digest([stamp]))
        except OSError as error:
            return self.env._("The folder: %s", error.strerror or error)
        self.is_filed = True
        return None

    @api.model
    def _write_file(self, path, parts, known):
        """As it is, once; the same again is no fault.

        :param parts: its bytes, one after the other
        :param known: SHA-256 of them
        """
        try:
            with open(path, "xb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            with open(path, "rb") as file:
                is_there = hashlib.file_digest(file, "sha256").hexdigest() == known
            if not (is_there or _completed(path, parts)):
                raise

    def _keep_mail(self, _on):
        """Mail it to quality, whose mailboxes are outside this database."""
        readers = self._quality().filtered("email")
        if self.is_mailed:
            return None
        if not readers:
            return self.env._("No one in quality has a mail address.")
        for lang, people in readers.grouped("lang").items():
            self.with_context(lang=lang)._mail(people)
        self.is_mailed = True
        return None

    def _mail(self, people):
        env = self.env
        lines = [
            env._("The heads of %s chains of events were sealed.", self.chain_count),
            env._("SHA-256 of the file: %s", self.digest),
            env._("Keep this message: it shows later whether records were altered."),
        ]
        fits = sum(map(len, self._pieces())) <= MAIL_MOST
        if not fits:
            lines.append(env._("The file is too large for a mail: fetch it from the anchor."))
        # sudo: mail.mail, ir.attachment - queued by the system; deleted here when sent
        attached = env["ir.attachment"].sudo()
        content = b"".join(self._pieces()) if fits else b""
        file = {"name": self.file_name, "raw": content, "mimetype": "text/plain"}
        env["mail.mail"].sudo().create(
            {
                "model": self._name,
                "subject": env._("Anchor of the event chains no. %s", self.number),
                "body_html": Markup("").join(Markup("<p>%s</p>") % line for line in lines),
                "email_to": ", ".join(people.mapped("email_formatted")),
                "attachment_ids": [(6, 0, attached.create(file).ids)] if fits else False,
                "auto_delete": True,
            }
        )

    def _keep_stamp(self, authority):
        """Have a third party confirm that the digest was there at this time (RFC 3161)."""
        if self.stamp:
            return None
        query, nonce = time_stamp.ask(self.digest)
        headers = {"Content-Type": time_stamp.ASKS, "Accept": time_stamp.ANSWERS}
        # sudo: ir.config_parameter - settings of a service of the system
        text = self.env["ir.config_parameter"].sudo().get_param(ALLOWED_KEY)
        try:
            networks = guarded_http.networks(text)
            answer = guarded_http.deliver("POST", authority, headers, query, SECONDS, networks)
            stamp = time_stamp.read(answer.content, self.digest, nonce)
            self.stamp = base64.b64encode(stamp)
        except GatewayError as error:
            return self.env._("The time stamp authority cannot be reached (%s).", error.kind)
        except (time_stamp.StampError, ValueError):
            return self.env._("The time stamp authority has given no time stamp.")
        return None

    @api.model
    def _quality(self):
        # sudo: res.groups - who works in quality is asked for by the system
        return self.env.ref(QUALITY).sudo().all_user_ids.filtered("active")

    @api.model
    def _words_of_fault(self, env):
        anchors = self.with_env(env).sudo().search([("kept_at", "=", False)])
        items = [Markup("<li>%s: %s</li>") % (row.number, row.fault or "") for row in anchors]
        title = env._("%s anchors of the event chains are not kept outside", len(anchors))
        return title, Markup("<ul>%s</ul>") % Markup("").join(items)
