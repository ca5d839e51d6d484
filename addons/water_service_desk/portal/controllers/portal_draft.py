import logging
import secrets

from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from ...intake.filing import clean_text, parse_id
from ...intake.page_headers import protect_file
from ...intake.papers import PaperError, is_paper, nameless
from ...intake.sources import source_of
from ...intake.uploads import INLINE
from .portal_list import WaterPortalList

_logger = logging.getLogger(__name__)
#: Most refused forms in a session, with most fields and characters of each.
REFUSED, MOST_FIELDS, MOST_TEXT = 4, 80, 6000
#: Drafts that a browser has open at the same time.
DRAFTS = 5
#: Longer side of a small picture, in pixels.
THUMB = 192


class WaterPortalDraft(WaterPortalList):
    """Keeps all input: refused forms come back, files stay with their form."""

    # -- refused forms ------------------------------------------------------------------------

    def _water_refused(self, path, typed, errors, status=422, **more):
        """Lead a refused form back to its page, so that Back, reload and the language switch
        show it again, with all that was typed, and never ask to send it once more.

        :param typed: {field: text}
        :param errors: {field: message}
        :param status: of the page that is led to
        :param more: further plain values for the page
        """
        token = secrets.token_urlsafe(9)
        kept = list((request.session.get("water_again") or {}).items())[1 - REFUSED :]
        texts = [(name, clean_text(value, MOST_TEXT)) for name, value in typed.items()]
        texts = [(name, text) for name, text in texts if text and name != "csrf_token"]
        row = {
            "path": path.partition("?")[0],
            "typed": dict(texts[:MOST_FIELDS]),
            "errors": {name: str(text) for name, text in errors.items()},
            "status": status,
            **more,
        }
        request.session["water_again"] = {**dict(kept), token: row}
        sign = "&" if "?" in path else "?"
        return request.redirect(f"{path}{sign}again={token}", code=303)

    def _water_again(self, token):
        """Return the refused form of an address; {} for any other address."""
        kept = (request.session.get("water_again") or {}).get(token or "") or {}
        # the language may stand before the path
        return kept if kept and request.httprequest.path.endswith(kept["path"]) else {}

    # -- files of forms -------------------------------------------------------------------------

    def _water_draft(self, token):
        """Return a draft of this browser, or an empty recordset."""
        mine = request.session.get("water_drafts") or []
        return request.env["water.filing.draft"]._open(token if token in mine else None)

    def _water_remember(self, draft):
        mine = [*(request.session.get("water_drafts") or []), draft.token]
        request.session["water_drafts"] = mine[-DRAFTS:]

    def _water_store(self, token, files):
        """Store valid files of a form that is not sent yet.

        :param token: of its draft, if it has one
        :return: the token of the draft, or of an expired one, which the page mentions; invalid
            files are left out
        """
        draft = self._water_draft(token)
        if len(files) > request.env.company.sudo().water_upload_max_files:
            return draft.token or token  # unclear which of them are meant
        for file in files:
            try:
                with request.env.cr.savepoint():
                    draft = self._water_take_files(draft, [file])
            except UserError:
                continue  # the page shows the fault
        return draft.token or token

    def _water_take_files(self, draft, files):
        """Store files with a draft, a new one if needed.

        :raises FilingError: for refused files, or too many
        """
        drafts = request.env["water.filing.draft"]
        if not draft:
            draft = drafts._begin("files", {})
            self._water_remember(draft)
        draft._add_files(files)
        return draft

    def _water_draft_files(self, draft):
        return [self._water_file_card(draft, file) for file in draft._attachments()]

    def _water_file_card(self, draft, file):
        return {
            "id": file.id,
            "name": file.name,
            "is_image": file.mimetype in INLINE,
            "url": f"/water/report/check/{draft.token}/file/{file.id}",
        }

    @route(
        "/water/report/upload",
        type="http",
        auth="public",
        methods=["POST"],
        water_upload=True,
    )
    def report_upload(self, draft=None, **kw):
        """Keep one file of a form that is being filled in; answers as JSON."""
        # sudo: res.company - limits of the public page
        company = request.env["res.users"]._water_stranger().sudo().company_id
        limit = company.water_portal_per_user * company.water_upload_max_files
        source = source_of(request.httprequest.remote_addr)
        attempts = request.env["water.attempt"]
        files = self._water_files()[:1]
        if not attempts._take("upload_source", source, limit):
            text = request.env._("Too many at once. Please try again later.")
            return request.make_json_response({"error": text}, status=429)
        try:
            with request.env.cr.savepoint():
                kept = self._water_take_files(self._water_draft(draft), files)
        except UserError as refusal:
            return request.make_json_response({"error": str(refusal)}, status=422)
        card = self._water_file_card(kept, kept._attachments()[-1:]) if files else {}
        return request.make_json_response({**card, "draft": kept.token})

    @route("/water/report/drop", type="http", auth="public", methods=["POST"])
    def report_drop(self, draft=None, file=None, **kw):
        """Take a file out of a form again."""
        number = parse_id(file)
        files = self._water_draft(draft)._attachments()
        files.filtered(lambda row: row.id == number).unlink()
        return request.make_json_response({})

    @route(
        "/water/report/check/<string:token>/file/<int:file_id>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
    )
    def report_file(self, token, file_id, thumb=None, **kw):
        """Return a file of a draft to the sender."""
        files = self._water_draft(token)._attachments()
        file = files.filtered(lambda row: row.id == file_id)
        return self._water_thumb(file) if thumb else self._water_send(file)

    def _water_thumb(self, file):
        if not file or file.mimetype not in INLINE:
            return request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(
            file, "raw", width=THUMB, height=THUMB
        )
        return protect_file(stream.get_response())

    def _water_files(self):
        files = request.httprequest.files.getlist("files")
        return [(file.filename, file.stream) for file in files if file.filename]

    def _water_send(self, file):
        if not file:
            return request.not_found()
        # a letter of ours stands in a field of its record and names no author: given as filed
        if is_paper(file.mimetype) and not file.res_field:
            return self._water_send_paper(file)
        stream = request.env["ir.binary"]._get_stream_from(file)
        response = stream.get_response(as_attachment=file.mimetype not in INLINE)
        return protect_file(response)

    def _water_calendar(self, file):
        if not file:
            return request.not_found()
        name, content = file
        headers = {
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": content_disposition(name),
        }
        return protect_file(request.make_response(content, headers))

    def _water_send_paper(self, file):
        """Return a document without its author, who is internal."""
        try:
            content = nameless(file.raw, file.mimetype)
        except PaperError:
            _logger.warning("The document %s is damaged and not given to the customer.", file.id)
            return request.not_found()
        headers = [
            ("Content-Type", file.mimetype),
            ("Content-Disposition", content_disposition(file.name)),
        ]
        return protect_file(request.make_response(content, headers))
