import base64
import hashlib
import logging
import os
from pathlib import Path

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import str2bool

from ...base.roles import QUALITY
from ...base.trust import trusted
from ...messaging import guarded_http
from ...messaging.gateway_http import GatewayError
from ...messaging.models.water_gateway import ALLOWED_KEY
from .. import time_stamp
from ..anchor_file import digest

_logger = logging.getLogger(__name__)
FOLDER = "water_service_desk.anchor_folder"
MAIL = "water_service_desk.anchor_mail"
AUTHORITY = "water_service_desk.anchor_authority"
SECONDS = 30
#: Larger files (bytes) do not go by mail, which says so: their digest does.
MAIL_MOST = 5 * 1024 * 1024


def _completed(path, parts):
    """Add what is missing of a file whose writer was killed; whether it is whole now."""
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
    """Where an anchor is kept outside: a folder, the mail boxes of quality, a time stamp."""

    _inherit = "water.anchor"

    kept_at = fields.Datetime(string="Kept Outside", readonly=True)
    fault = fields.Char(readonly=True, help="Why it is not kept outside yet.")
    is_filed = fields.Boolean(string="In the Folder", readonly=True)
    is_mailed = fields.Boolean(string="Mailed", readonly=True)
    stamp = fields.Binary(string="Time Stamp", readonly=True, attachment=False)
    stamp_name = fields.Char(compute="_compute_file_name")

    @api.depends("number")
    def _compute_file_name(self):
        super()._compute_file_name()
        for anchor in self:
            anchor.stamp_name = f"anchor-{anchor.number:06d}.tsr"

    @api.model
    def _keep_all(self):
        """Take outside what is not there yet, oldest first; tell quality when it fails."""
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
        """Write it into the folder of the setting, where nothing is ever written over."""
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
        """Send it to everybody of quality, whose mail boxes are not in this database."""
        readers = self._quality().filtered("email")
        if self.is_mailed:
            return None
        if not readers:
            return self.env._("Nobody of quality has a mail address.")
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
