from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...base.scope import uses
from ...base.trust import trusted
from ...base.words import strip_invisible

#: Events after which the customer has the result: no news is owed any more.
TOLD = ("answered", "fed_back", "notified", "refused")


class WaterCaseMixin(models.AbstractModel):
    """Long cases: the customer hears at intervals how far it is, by a clock of its own.

    The standard promises it, by severity. Telling starts the next interval; the result ends it.
    """

    _inherit = "water.case.mixin"

    _clock_events = {"news_told": ("news",), **dict.fromkeys(TOLD, ("news",))}
    _counters = {"news_count": "water.case.news"}

    news_count = fields.Integer(string="Number of News", compute="_compute_counts")

    def action_tell_news(self):
        """Open the dialog that tells the customer how far it is."""
        self.ensure_one()
        return self._dialog("water.news.wizard", self.env._("Tell How Far It Is"))

    def action_open_news(self):
        """Open the progress news."""
        return self._open_children("water.case.news", self.env._("Progress News"))

    def _tell_news(self, text):
        """Send the customer progress news; the next interval begins.

        :param text: in the customer's language, required
        :raises UserError: without a text, by anyone but the desk, and for a finished case
        :return: water.case.news
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk tells customers something."))
        if not strip_invisible(text):
            raise UserError(self.env._("Write what the customer is told."))
        row = self._keep_news(text)
        self._start_next_news(row.at)
        return row.with_env(self.env)

    def _keep_news(self, text):
        """Store the news, show them on the customer's page and send them.

        :return: water.case.news, with superuser rights
        """
        now, rows = fields.Datetime.now(), self.env["water.case.news"]
        link = {rows._case_field(self._name): self.id}
        # sudo: water.case.news - written by this checked service alone
        row = trusted(rows.sudo()).create(
            {**link, "at": now, "user_id": self.env.uid, "text": text}
        )
        self._log_events("news_told", {"note": text})
        self.message_post(  # on the customer's page; forbidden phrases are refused there
            body=plaintext2html(text), message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        template = self.env.ref("water_service_desk.mail_template_news")
        self.env["water.message"]._queue(template, row)
        return row

    def _standard_lines(self, office):
        lines = super()._standard_lines(office)
        if uses(self.env, "water_service_desk.group_use_progress_news"):
            return lines
        return tuple(line for line in lines if line.kind != "news")

    def _start_next_news(self, at):
        return self._start_clocks("received", at=at, kinds=("news",))

    def _count_reopened(self, origins):
        super()._count_reopened(origins)
        for case in self:
            if "news" not in case.sudo()._open_clocks().mapped("kind"):
                case._start_next_news(fields.Datetime.now())

    def _proposed_news(self):
        """Propose the events since the last news, in the customer's language and public words."""
        case = self.sudo().with_context(lang=self._customer_lang())
        rows = case.env["water.case.news"]
        last = rows.search([(rows._case_field(self._name), "=", self.id)], limit=1)
        since = last.at or case.received_at
        done = case._steps_since(since)
        day = case._customer_time(since)
        lines = [case.env._("Since %(day)s: %(steps)s.", day=day, steps=done)] if done else []
        if words := case._stage_words():
            lines.append(words)
        if due := case._counted_on():
            due = case._customer_time(due)
            lines.append(case.env._("You will have our answer by %s.", due))
        return "\n".join(lines)

    def _steps_since(self, since):
        """Return the public words of the steps since then, each once."""
        titles, others = self._portal_titles(), self._portal_event_titles()
        words = []
        for event in self.event_ids.filtered(lambda row: row.at >= since).sorted("id"):
            if event.kind == "moved":
                words.append(titles.get(event.payload.get("to")))
            elif event.kind != "news_told":
                words.append(others.get(event.kind))
        return list(dict.fromkeys(filter(None, words)))

    def _portal_event_titles(self):
        told = self.env._("We told you how far it is")
        return super()._portal_event_titles() | {"news_told": told}
