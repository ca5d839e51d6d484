import base64
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows

from ..models.water_notice import SIGNED_KINDS

REPORT = "water_complaints.action_report_water_notice"


class WaterNoticeWizard(models.TransientModel):
    """Compose a formal notice, look at the letter, send it: written or oral (S3.2.3c)."""

    _name = "water.notice.wizard"
    _inherit = ["water.case.wizard.mixin", "water.wording.mixin"]
    _description = "Notify the Customer"
    _case_type = "water.complaint"
    _spoken_fields = ("subject", "body")

    kind = fields.Selection(
        selection=lambda self: (
            self.env["water.notice"]._fields["kind"]._description_selection(self.env)
        ),
        string="Letter",
        required=True,
        default="result",
    )
    mode = fields.Selection(
        [
            ("written", "Written (letter)"),
            ("oral", "By word of mouth"),
            ("published", "Published under the query code"),
        ],
        required=True,
        compute="_compute_mode",
        compute_sudo=False,
        precompute=True,
        store=True,
        readonly=False,
    )
    way = fields.Selection(
        [("mail", "Mail"), ("post", "Printed, by post"), ("hand", "Printed, handed over")],
        string="Sent by",
        compute="_compute_mode",
        compute_sudo=False,
        precompute=True,
        store=True,
        readonly=False,
    )
    subject = fields.Char(
        required=True,
        compute="_compute_texts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    body = fields.Html(
        compute="_compute_texts", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    # the proposed text: if the proposal changes meanwhile, the letter would be outdated
    proposed = fields.Char(
        compute="_compute_texts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        export_string_translation=False,
    )
    reason = fields.Text(string="Why It Is Not Accepted")
    elsewhere = fields.Text(
        string="Who Is There for It", help="Where the customer can turn instead."
    )
    told_to = fields.Char(
        string="Told to",
        compute="_compute_mode",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    recording_ref = fields.Char(string="Recording")
    to_sign = fields.Char(string="Sign-off", compute="_compute_to_sign")
    can_ask = fields.Boolean(compute="_compute_to_sign", export_string_translation=False)
    preview = fields.Binary(attachment=False, readonly=True)
    preview_name = fields.Char(readonly=True)

    @api.depends("case_ids")
    def _compute_mode(self):
        for wizard in self:
            case = wizard._cases()[:1]
            has_mail = bool(case._notice_address())
            oral = wizard.kind == "result" and not has_mail
            nameless = oral and case.is_anonymous and case.query_code_at
            wizard.mode = "published" if nameless else "oral" if oral else "written"
            wizard.way = "mail" if has_mail else "post"
            told = case.is_represented and case.representative_is_told
            wizard.told_to = case.representative_name if told else case.contact_name

    @api.depends("case_ids", "kind", "reason", "elsewhere")
    def _compute_texts(self):
        for wizard in self:
            wizard.subject, wizard.body = texts = wizard._propose()
            wizard.proposed = wizard._mark(texts)

    def _propose(self):
        case = self._cases()[:1]
        version = case._signed_version("letter") if self._is_signed() else None
        if version:
            return version.subject, version.body
        return self.env["water.notice.text"]._compose(self.kind, case, **self._about())

    @api.model
    def _mark(self, texts):
        return sha256("\n".join(map(str, texts)).encode()).hexdigest()

    def _check_proposed(self):
        """Refuse the letter if the case has changed since the proposal.

        :raises UserError: with what has changed
        """
        if self.proposed != self._mark(self._propose()):
            raise UserError(
                self.env._(
                    "What the letter tells has changed since you opened it, such as a date or an"
                    " amount: close it, and open it again."
                )
            )

    def _about(self):
        """Return what the letter is about; other addons add theirs."""
        return {
            "pause": self._extension(),
            "reason": self.reason,
            "elsewhere": self.elsewhere,
            "appeal": self.appeal_id,
        }

    def _extension(self):
        pauses = self._cases().sudo().deadline_ids.pause_ids
        granted = pauses.filtered(lambda row: row.kind == "extension" and row.state == "done")
        return granted.sorted("id")[-1:] if self.kind == "delay" else granted.browse()

    def _notice_values(self):
        is_oral = self.mode == "oral"
        return {
            "kind": self.kind,
            "mode": self.mode,
            "way": False if is_oral else self.way,
            "subject": self.subject,
            "body": self.body,
            "told_to": self.told_to if is_oral else False,
            "recording_ref": self.recording_ref if is_oral else False,
            "pause_id": self._extension().id,
            "appeal_id": self.appeal_id.id,
        }

    # -- having it signed ---------------------------------------------------------------------

    def _is_signed(self):
        return self.kind in SIGNED_KINDS

    @api.depends("kind", "subject", "body", "case_ids")
    def _compute_to_sign(self):
        for wizard in self:
            case, words = wizard._cases()[:1], (wizard.body, wizard.subject)
            asked = case and wizard._is_signed()
            missing = case._need_signature("letter", *words) if asked else []
            wizard.to_sign = str(missing[0]) if missing else False
            wizard.can_ask = bool(missing) and not case._waiting_signature("letter", *words)

    def action_ask_signature(self):
        """Have the letter signed as it stands (rights and rule are checked there)."""
        case = self._one()
        self.env["water.sign.off"]._ask(case, "letter", self.body, self.subject)
        return windows.message(
            self.env._("The superior has been asked to sign."), then=windows.CLOSE
        )

    # -- looking at the letter ----------------------------------------------------------------

    def action_preview(self):
        """Show the letter as it would go out, without sending or numbering anything."""
        case = self._one()
        case.check_access("write")
        self.preview = base64.b64encode(self._draft_pdf(case))
        self.preview_name = f"{case.name}.pdf"
        return self._again()

    def _draft_pdf(self, case):
        """The PDF of a letter that does not exist yet."""
        notices = self.env["water.notice"].sudo()
        draft = notices.new(notices._sent_values(case, self._notice_values()))
        draft = draft.with_context(lang=draft._letter_lang())
        letters = self.env["report.water_complaints.report_water_notice"].sudo()
        # sudo: ir.actions.report - users who may send the letter may preview it
        report = self.env.ref(REPORT).sudo().with_context(lang=draft.env.lang)
        values = {
            "doc_ids": [],
            "doc_model": "water.notice",
            "docs": draft,
            "letters": {draft.id: letters._letter(draft)},
        }
        html = report._render_template(report.report_name, values)
        bodies, _ids, header, footer, paper = report._prepare_html(html)
        return report._run_wkhtmltopdf(
            bodies,
            report_ref=report.report_name,
            header=header,
            footer=footer,
            specific_paperformat_args=paper,
        )

    def _again(self):
        title, size = self.env._("Notify the Customer"), {"dialog_size": "extra-large"}
        return windows.dialog(self._name, title, size, record_id=self.id)

    # -- sending ------------------------------------------------------------------------------

    def action_send(self):
        """Send the notice, then take the step that it stands for (its rights hold there)."""
        case = self._one()
        self._check_kind()
        self._check_proposed()
        notice = self.env["water.notice"]._send(case, self._notice_values())
        self._follow(case)
        if notice.way in ("post", "hand"):
            return notice.action_print() | {"close_on_report_download": True}
        return self._say_sent()

    def _check_kind(self):
        if self.kind == "delay" and not self._extension():
            raise UserError(
                self.env._(
                    "No extension was granted that a letter of delay could give the reason of."
                    " Ask for one on the clock; when it is granted the letter goes out by itself."
                )
            )

    def _follow(self, case):
        if self.kind == "result":
            case._move_to("notified")
        elif self.kind == "refusal":
            case.write({"end_reason": self.reason, "state": "rejected"})
        if self.kind == "appeal_receipt":
            self.appeal_id._accept()
        elif self.kind not in ("result", "refusal") and self.appeal_id:
            self.appeal_id._decide()

    def _say_sent(self):
        told = self.env._("The customer has been notified.")
        return windows.message(told, then=windows.CLOSE)
