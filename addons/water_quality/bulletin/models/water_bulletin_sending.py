from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted

from .water_bulletin_plan import LANGUAGES

REPORT = "water_quality.action_report_bulletin"


class WaterBulletin(models.Model):
    """Prints a bulletin and sends it, to each in his language, with the file."""

    _inherit = "water.bulletin"

    def action_print(self):
        """Print the bulletin in the language of the screen."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    def action_send(self):
        """Send the bulletin to the readers of its plan; it is not edited any more.

        :raises AccessError: by anybody but supervisors, quality and managers
        :raises UserError: when it was sent, or nobody reads it
        """
        self._check_role()
        for row in self:
            row._send()
        return True

    def _send(self):
        """Put the mails into the queue and keep to whom they go."""
        self.ensure_one()
        row = trusted(self.sudo())
        readers = row.plan_id._readers()
        if not readers:
            raise UserError(self.env._("Name readers in the plan of bulletins first."))
        # in each language: a sent bulletin is printed from these files
        files = {language: row._in(language)._as_file() for language, _label in LANGUAGES}
        now = fields.Datetime.now()
        copies = []
        for user, address, language in readers:
            row._in(language)._mail_to(address, files[language])
            copies.append(
                {
                    "bulletin_id": row.id,
                    "user_id": user.id,
                    "address": address,
                    "language": language,
                    "sent_at": now,
                }
            )
        row.env["water.bulletin.copy"].create(copies)
        row.write({"state": "sent", "sent_at": now, "sent_by_id": self.env.uid})
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _as_file(self):
        """The bulletin as a PDF in the language of the environment, kept with it."""
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _kind = reports._render_qweb_pdf(REPORT, self.ids)
        return self.env["ir.attachment"].create(
            {
                "name": self._file_name(),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _file_name(self):
        """Return the name of the file that is sent, in the language of the environment."""
        return f"{self._title()} {self.name}.pdf"

    def _mail_to(self, address, file):
        """Queue one mail: the text and the figures in words, the whole as a file."""
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (row["name"], row["value"], self._lights().get(row["light"], ""))
            for row in self._figure_rows()
        )
        paragraphs = Markup("").join(
            Markup("<p>%s</p>") % line for line in self._text().splitlines() if line.strip()
        )
        self.env["mail.mail"].create(
            {
                "model": self._name,
                "subject": f"{self._title()} {self.name}",
                "email_to": address,
                "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                "body_html": Markup("<div>%s<table>%s</table></div>") % (paragraphs, rows),
                "attachment_ids": [fields.Command.link(file.id)],
            }
        )
