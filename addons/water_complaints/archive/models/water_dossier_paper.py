import re

from odoo import api, models

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.pdf.pdf import han_font

from ..dossier_paper import lay_out
from ..sealed_file import CASE


class WaterDossier(models.AbstractModel):
    """The PDF of a dossier (S3.2.4b): the system makes it of a case that it seals."""

    _inherit = "water.dossier"

    @api.model
    def _paper(self, case, dossier, files):
        """Lay the dossier out.

        :param case: one archived water.complaint, in the language of the paper
        :param dossier: what ``_gather`` found
        :param files: a dict for each file, see ``_file_fact``
        :return: the PDF, bytes
        """
        # names of languages without a country, of a region or a script: ar_001, sr@latin
        language, region = re.match("([a-z]+)(?:_([A-Z]{2}))?", case.env.lang or "en").groups("")
        return lay_out(
            {
                "title": self.env._("Complaint Dossier"),
                "subject": case.subject or "",
                "company": case.company_id.name,
                "number": case.archive_number,
                "date": day_text(case.archived_at),
                "language": language,
                "region": region,
                "fonts": [han_font(f"{language}-{region}")],
                **self._paper_head(case, len(files)),
                "checklist": self._paper_checklist(case),
                "case": {"title": self.env._("The Case"), **dossier["case"]},
                "sections": dossier["sections"],
                "thread": self._paper_thread(dossier["thread"]),
                "files": self._paper_files(files),
                "events": self._paper_events(case),
                "note": self.env._(
                    "This dossier is part of a sealed file. Its manifest holds the SHA-256 of every"
                    " part; the program verify-archive checks them, and the events above, without"
                    " a database."
                ),
            },
            self.env._("… (too long for the paper; the whole text is in %s)", CASE),
        )

    @api.model
    def _paper_head(self, case, count):
        received, archived = self._moment(case.received_at), self._moment(case.archived_at)
        return {
            "head": [
                [self.env._("Archive number"), case.archive_number],
                [self.env._("Case number"), case.name],
                [case._fields["received_at"]._description_string(self.env), received],
                [case._fields["archived_at"]._description_string(self.env), archived],
                [self.env._("Keep until"), day_text(case.retain_until)],
                [self.env._("Files"), str(count)],
            ],
            "chain_head": [self.env._("Newest event (SHA-256)"), case.event_head or ""],
        }

    @api.model
    def _paper_checklist(self, case):
        marks = {
            "done": self.env._("complete"),
            "absent": self.env._("does not apply"),
            "missing": self.env._("missing"),
        }
        rows = [[i["label"], marks[i["state"]], i["note"] or ""] for i in case._checklist()]
        return {"title": self.env._("Checklist"), "rows": rows}

    @api.model
    def _paper_thread(self, thread):
        rows = [
            [
                f"{message['moment']} · {message['author']} {message['subject']}",
                message["text"],
                message["changes"],
            ]
            for message in thread
        ]
        return {"title": self.env._("Messages and Notes"), "rows": rows}

    @api.model
    def _paper_files(self, files):
        lost = self.env._("Lost or damaged before the sealing.")
        rows = [
            [file["name"], file["member"], file["sha256"], "" if file["intact"] else lost]
            for file in files
        ]
        return {"title": self.env._("Files"), "rows": rows}

    @api.model
    def _paper_events(self, case):
        events = case.event_ids.sorted("id")
        kinds = dict(events._fields["kind"]._description_selection(case.env))
        rows = [
            [
                self._moment(event.at),
                kinds.get(event.kind, event.kind),
                event.details or "",
                event.user_id.name or "",
                event.digest[:12],
            ]
            for event in events
        ]
        return {"title": self.env._("Event Chain"), "rows": rows}
