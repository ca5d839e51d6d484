from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.privacy.scrub import Scrubber

from ...kpi.periods import midnight
from ..charts import bars, lines
from ..spans import LENGTHS, begins, steps
from .water_bulletin_plan import KINDS, LANGUAGES

#: The figures on the first page, by the catalogue of key figures.
CODES = ("K08", "K11", "K12", "K14", "K17", "K18", "K20", "K21")
#: Follow-up cases came in once, under their first number.
CAME_IN = Domain("is_follow_up", "=", False)
#: Withdrawn, merged and unaccepted cases are in no figure.
COUNTED = Domain("counts", "=", True)
#: Rows of each list.
SHOWN = 8
QUOTED = 5
SHORTEST = 6
EMPTY = "–"
REPORT = "water_quality.action_report_bulletin"


class WaterBulletin(models.Model):
    """A report on a day, week, month or year: figures, trend, causes, places, customers' words.

    The system drafts it; a user edits the text in both languages and sends it. The figures are
    stored, so that the report can be printed again.
    """

    _name = "water.bulletin"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Bulletin"
    _order = "period_start desc, kind, id desc"
    _settable_on_create = frozenset({"company_id"})

    name = fields.Char(compute="_compute_name", store=True)
    plan_id = fields.Many2one(
        "water.bulletin.plan",
        string="Plan of Bulletins",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    kind = fields.Selection(KINDS, string="Rhythm", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    period_start = fields.Date(string="Begins", required=True, readonly=True)
    period_end = fields.Date(string="Ends", compute="_compute_period_end", store=True)
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    text_zh = fields.Text(string="Text in Chinese", help="Above the figures; edit it.")
    text_en = fields.Text(string="Text in English")
    words = fields.Text(
        string="Words of Customers",
        help="Taken from answers of the period, without names and numbers. Read and shorten them.",
    )
    words_read = fields.Boolean(
        string="Words Have Been Read", help="They are printed and sent only then."
    )
    content = fields.Json(readonly=True, copy=False, help="The figures as they were drawn up.")
    drawn_at = fields.Datetime(string="Drawn up at", readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", string="Sent by", readonly=True, copy=False)
    copy_ids = fields.One2many(
        "water.bulletin.copy", "bulletin_id", string="Sent to", readonly=True
    )

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, kind, period_start)", "There is a bulletin of this period already."
    )

    @api.depends("kind", "period_start")
    def _compute_period_end(self):
        for row in self:
            row.period_end = row.period_start and row._end() - timedelta(days=1)

    @api.depends("kind", "period_start")
    def _compute_name(self):
        forms = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
        for row in self:
            row.name = row.period_start and row.period_start.strftime(forms[row.kind])

    def _end(self):
        return self.period_start + LENGTHS[self.kind]

    @api.model
    def _settled_message(self):
        return self.env._("A bulletin that was sent is not edited.")

    # -- drawing up ----------------------------------------------------------------------------

    @api.model
    def _cron_bulletins(self):
        """Scheduled action: draft reports of ended periods, and send those set to automatic."""
        run_each_isolated(
            self.env["water.bulletin.plan"].search([("active", "=", True)]), self._draw_up
        )
        drafts = self.search([("state", "=", "draft"), ("plan_id.is_automatic", "=", True)])
        now = fields.Datetime.now()
        due = drafts.filtered(lambda row: row.drawn_at + timedelta(days=row.plan_id.days) <= now)
        run_each_isolated(due, type(self)._send)

    @api.model
    def _draw_up(self, plan):
        """The bulletin of the span that ended last, drawn once."""
        company = plan.company_id
        today = fields.Date.context_today(self.with_context(tz=company._water_tz()))
        start = begins(plan.kind, today) - LENGTHS[plan.kind]
        key = [("company_id", "=", company.id), ("kind", "=", plan.kind)]
        found = self.search([*key, ("period_start", "=", start)])
        if found:
            return found
        values = {"plan_id": plan.id, "kind": plan.kind, "company_id": company.id}
        bulletin = trusted(self.sudo()).create({**values, "period_start": start})
        bulletin._redraw()
        return bulletin

    def _redraw(self):
        """Take the figures anew, and write the text that follows from them."""
        for row in trusted(self.sudo()):
            row.write({"content": row._content(), "drawn_at": fields.Datetime.now()})
            row.write(
                {
                    "text_zh": row._in("zh_CN")._drafted(),
                    "text_en": row._in("en_US")._drafted(),
                    "words": row._words(),
                    "words_read": False,
                }
            )

    def _in(self, language):
        installed = dict(self.env["res.lang"].get_installed())
        known = language if language in installed else self.company_id.partner_id.lang
        return self.with_context(lang=known)

    def action_redraw(self):
        """Draft it again; edits are lost.

        :raises AccessError: except by supervisors, quality and managers
        :raises UserError: if it was sent
        """
        self._check_role()
        self._redraw()
        return True

    def _check_role(self):
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(self.env._("Supervisors, quality and managers keep bulletins."))
        if any(row.state != "draft" for row in self):
            raise UserError(self._settled_message())

    # -- content -------------------------------------------------------------------------------
    # The content of a bulletin, from live rows at drafting: numbers and ids alone.

    def _content(self):
        """The figures of the period as JSON."""
        start, end = self.period_start, self._end()
        before = start - LENGTHS[self.kind]
        return {
            "figures": self._figures(before, start, end),
            "trend": self._trend(),
            "causes": self._causes(start, end),
            "zones": self._zones(before, start, end),
            "repeats": self._repeats(start, end),
            "breaches": self._breaches(start, end),
            "late": self._late(start, end),
        }

    def _figures(self, before, start, end):
        """``[[id of a key figure, numerator, denominator, the same of the period before]]``."""
        kpis = self.env["water.kpi"]._in_force(self.company_id, self.period_end)
        found = []
        for kpi in kpis.filtered(lambda row: row.code in CODES):
            pairs = [
                kpi._count(self.company_id, *span).get(("company", False), (0, 0))
                for span in ((start, end), (before, start))
            ]
            found.append([kpi.id, *pairs[0], *pairs[1]])
        return found

    def _trend(self):
        """Return ``[[first day, received, closed]]`` of the spans up to the end of the period."""
        return [
            [first.isoformat(), *self._volume(first, after)]
            for first, after in steps(self.kind, self._end())
        ]

    def _volume(self, first, after):
        cases = self.env["water.any.case"]
        domains = (CAME_IN & self._within(cases._name, "received_at", first, after),)
        domains += (COUNTED & self._within(cases._name, "closed_at", first, after),)
        return [cases.search_count(domain) for domain in domains]

    def _within(self, model, name, first, after):
        if self.env[model]._fields[name].type == "datetime":
            zone = self.company_id._water_tz()
            first, after = midnight(first, zone), midnight(after, zone)
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain(name, ">=", first)
            & Domain(name, "<", after)
        )

    def _grouped(self, model, date, field, first, after, domain=(), limit=SHOWN):
        """Return ``[[id, count]]``, the most frequent first, without empty values."""
        rows = self.env[model]._read_group(
            self._within(model, date, first, after) & Domain(domain) & Domain(field, "!=", False),
            [field],
            ["__count"],
            order="__count DESC",
            limit=limit,
        )
        return [[getattr(key, "id", key), count] for key, count in rows]

    def _causes(self, start, end):
        judged = [("leaves_figures", "!=", True), ("state", "not in", NOT_JUDGED)]
        judged += [("is_judged_again", "!=", True)]
        span = ("water.complaint", "closed_at", "cause_id", start, end, judged)
        shown, whole = self._grouped(*span), self._grouped(*span, limit=None)
        others = sum(count for _cause, count in whole[len(shown) :])
        return [*shown, [False, others]] if others else shown

    def _zones(self, before, start, end):
        cases = self.env["water.any.case"]
        rows = self._grouped(cases._name, "received_at", "zone_id", start, end, CAME_IN)
        within = CAME_IN & self._within(cases._name, "received_at", before, start)
        earlier = cases._read_group(within, ["zone_id"], ["__count"])
        counts = {zone.id: count for zone, count in earlier}
        return [[zone, count, counts.get(zone, 0)] for zone, count in rows]

    def _repeats(self, start, end):
        """Return ``[[number, category, zone, contacts]]`` of repeated cases in the period.

        By the number of the first contact, without names, and without those left out of the rate of
        repeats.
        """
        again = self.env["water.complaint"].search(
            self._within("water.complaint", "received_at", start, end)
            & (Domain("repeat_of_id", "!=", False) | Domain("duplicate_of_id", "!=", False))
            & CAME_IN
            & Domain("leaves_figures", "!=", True)
            & Domain("state", "not in", ("withdrawn", "rejected"))
        )
        roots = (again.repeat_of_id | again.duplicate_of_id).sorted(
            lambda case: (-case.repeat_count, case.id)
        )
        return [
            [case.name, case.category_id.id, case.zone_id.id, case.repeat_count]
            for case in roots[:SHOWN]
        ]

    def _breaches(self, start, end):
        """Return ``[[reason or False, missed, excused among them]]``."""
        missed = self._within("water.deadline", "due_at", start, end)
        missed &= self.env["water.deadline"]._missed()
        rows = self.env["water.deadline"]._read_group(
            missed, ["breach_reason", "excuse_state"], ["__count"]
        )
        found = {}
        for reason, excuse, count in rows:
            row = found.setdefault(reason or "", [reason or "", 0, 0])
            row[1] += count
            row[2] += count if excuse == "excused" else 0
        return sorted(found.values(), key=lambda row: -row[1])

    def _late(self, start, end):
        missed = self.env["water.deadline"]._missed() & Domain("excuse_state", "!=", "excused")
        return self._grouped(
            "water.deadline", "due_at", "breached_department_id", start, end, missed
        )

    def _words(self):
        """Return good and bad remarks of customers, without names and numbers.

        Confidential and restricted complaints are left out.
        """
        cases = self.env["water.complaint"].search(
            self._within("water.complaint", "closed_at", self.period_start, self._end())
            & Domain("customer_remark", "!=", False)
            & Domain("is_confidential", "=", False)
            & Domain("is_restricted", "=", False),
            order="satisfaction_result, id",
        )
        said = []
        for case in cases:
            known = (*case._erasure_words(), case.person_complained_id.name)
            words = Scrubber(known)(case.customer_remark).strip()
            if len(words) >= SHORTEST:
                said.append(f"“{words}”")
        middle = max(len(said) - QUOTED // 2, QUOTED - QUOTED // 2)
        return "\n".join(dict.fromkeys((*said[: QUOTED - QUOTED // 2], *said[middle:])))

    # -- page ----------------------------------------------------------------------------------
    # The page of the draft, in the language of the environment.

    def _drafted(self):
        """Return the text that follows from the figures; the editor interprets them."""
        received, closed = self.content["trend"][-1][1:] if self._is_one_step() else self._sums()
        parts = [
            self.env._(
                "%(received)s cases were received and %(closed)s closed.",
                received=received,
                closed=closed,
            )
        ]
        off = [row["name"] for row in self._figure_rows() if row["light"] == "missed"]
        if off:
            parts.append(self.env._("Off target: %s.", format_list(self.env, off)))
        if self.content["causes"]:
            parts.append(
                self.env._("Most frequent cause: %s.", self._cause_rows()[0][0]),
            )
        missed = sum(row[1] - row[2] for row in self.content["breaches"])
        if missed:
            parts.append(self.env._("%s time limits were missed.", missed))
        return "\n".join(parts)

    def _is_one_step(self):
        return self.kind in ("day", "month")

    def _sums(self):
        """Return the sums of the period: seven days of a week, twelve months of a year."""
        rows = self.content["trend"][-7 if self.kind == "week" else -12 :]
        return [sum(row[place] for row in rows) for place in (1, 2)]

    def _figure_rows(self):
        """Figures with target, light and difference to the period before."""
        kpis = self.env["water.kpi"]
        rows = []
        for kpi_id, *numbers in self.content["figures"]:
            kpi = kpis.browse(kpi_id)
            now, before = kpi._value(*numbers[:2]), kpi._value(*numbers[2:])
            target = kpi._target(self.company_id, self.period_end)
            rows.append(
                {
                    "name": kpi.name,
                    "value": kpi._written(now),
                    "before": kpi._written(before),
                    "target": kpi._written(target.target) if target else EMPTY,
                    "light": target._light(now) if now is not None else False,
                }
            )
        return rows

    def _lights(self):
        return dict(self.env["water.kpi.line"]._fields["light"]._description_selection(self.env))

    def _named(self, model, record_id):
        return self.env[model].browse(record_id).exists().name or EMPTY if record_id else EMPTY

    def _cause_rows(self):
        rows, total = self.content["causes"], sum(row[1] for row in self.content["causes"])
        found, so_far = [], 0
        for cause, count in rows:
            so_far += count
            name = self._named("water.cause", cause) if cause else self.env._("Other causes")
            found.append((name, count, f"{so_far / total:.0%}"))
        return found

    def _zone_rows(self):
        return [
            (self._named("water.zone", zone), now, before)
            for zone, now, before in self.content["zones"]
        ]

    def _repeat_rows(self):
        return [
            (
                number,
                self._named("water.category", category),
                self._named("water.zone", zone),
                count,
            )
            for number, category, zone, count in self.content["repeats"]
        ]

    def _breach_rows(self):
        reasons = dict(
            self.env["water.deadline"]._fields["breach_reason"]._description_selection(self.env)
        )
        unsaid = self.env._("Not explained")
        return [
            (reasons.get(reason, unsaid), missed, excused)
            for reason, missed, excused in self.content["breaches"]
        ]

    def _late_rows(self):
        return [(self._named("water.department", row[0]), row[1]) for row in self.content["late"]]

    def _trend_chart(self):
        rows = self.content["trend"]
        shown = slice(0, 7) if self.kind in ("month", "year") else slice(5, 10)
        labels = [row[0][shown] for row in rows]
        received, closed = self.env._("Cases received"), self.env._("Cases closed")
        return lines(labels, {received: [row[1] for row in rows], closed: [row[2] for row in rows]})

    def _cause_chart(self):
        return bars([row[:2] for row in self._cause_rows()])

    def _zone_chart(self):
        return bars([row[:2] for row in self._zone_rows()])

    def _text(self):
        is_chinese = (self.env.lang or "").startswith("zh")
        return (self.text_zh if is_chinese else self.text_en) or ""

    def _title(self):
        titles = {
            "day": self.env._("Daily Report on Customer Service"),
            "week": self.env._("Weekly Report on Customer Service"),
            "month": self.env._("Monthly Report on Customer Service"),
            "year": self.env._("Yearly Report on Customer Service"),
        }
        return titles[self.kind]

    # -- sending -------------------------------------------------------------------------------
    # Printing and sending a bulletin, to each reader in their language, with the file.

    def action_print(self):
        """Print the bulletin in the language of the screen."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    def action_send(self):
        """Send the bulletin to the readers of its plan; it is read-only then.

        :raises AccessError: except by supervisors, quality and managers
        :raises UserError: if it was sent, or has no readers
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
