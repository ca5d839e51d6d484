import base64
import io
import logging
from collections import OrderedDict
from urllib.parse import urljoin, urlsplit

import psycopg2
from lxml import etree

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.image import image_process
from odoo.tools.mimetypes import guess_mimetype

from ...availability.outage import is_outage
from .. import pdf, pdf_source
from ..pdf_limit import TooLongError

_logger = logging.getLogger(__name__)
#: Beginning of the names of our models.
OURS = "water."


class _Parts(list):
    """Collects (record id, PDF) of each document of one rendering.

    Being of this class is what tells it from anything a client puts into the context.
    """


class IrActionsReport(models.Model):
    """Prints our reports with WeasyPrint, and all others without the wkhtmltopdf program.

    With that program, reports of other apps are printed as usual.
    """

    _inherit = "ir.actions.report"

    # -- which engine, which paper -----------------------------------------------------------

    @api.model
    def get_wkhtmltopdf_state(self):
        """Tell whether PDFs can be made.

        :return: str: "ok" also where only WeasyPrint is there, else what Odoo says.
        """
        return "ok" if self._uses_weasyprint() else super().get_wkhtmltopdf_state()

    def _uses_weasyprint(self, model=None):
        state = super().get_wkhtmltopdf_state()  # pylint: disable=super-method-mismatch
        return pdf.available() and (state == "install" or (model or "").startswith(OURS))

    def get_paperformat(self):
        """Return the paper format of the report.

        :return: report.paperformat; for reports of the water addons without one, A4 instead of a
            company's default US Letter
        """
        paperformat = super().get_paperformat()
        if self.paperformat_id or not (self.model or "").startswith(OURS):
            return paperformat
        letter = self.env.ref("base.paperformat_us", raise_if_not_found=False)
        if paperformat and paperformat != letter:
            return paperformat
        water = self.env.ref("water_service_desk.paperformat_water_a4", raise_if_not_found=False)
        return water or paperformat

    # -- several records ---------------------------------------------------------------------

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        several = res_ids and 1 < len(set(res_ids)) == len(res_ids)
        report = self._get_report(report_ref)
        if not several or not self._uses_weasyprint(report.model):
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        if report.attachment and not self.env.context.get("report_pdf_no_attachment"):
            return self._prepare_streams_one_by_one(report_ref, data, res_ids)
        parts = _Parts()
        collecting = self.with_context(pdf_parts=parts)
        streams = super(IrActionsReport, collecting)._render_qweb_pdf_prepare_streams(
            report_ref, data, res_ids=res_ids
        )
        return self._streams_from_parts(parts, res_ids) or streams

    def _prepare_streams_one_by_one(self, report_ref, data, res_ids):
        # Each record needs its own file to keep, and a rendered file can't be cut safely.
        streams = OrderedDict()
        for res_id in res_ids:
            values = dict(data or {})
            streams.update(self._render_qweb_pdf_prepare_streams(report_ref, values, [res_id]))
        return streams

    @api.model
    def _streams_from_parts(self, parts, res_ids):
        by_id = dict(parts)
        if len(parts) != len(res_ids) or set(by_id) != set(res_ids):
            return None
        return OrderedDict(
            (res_id, {"stream": io.BytesIO(by_id[res_id]), "attachment": None})
            for res_id in res_ids
        )

    # -- rendering ---------------------------------------------------------------------------

    def _get_rendering_context(self, report, docids, data):
        model = self.env.get(report.model)
        if hasattr(model, "_check_printed"):
            model.browse(docids)._check_printed(report.report_name)
        return super()._get_rendering_context(report, docids, data)

    def _prepare_html(self, html, report_model=False):
        if not self._uses_weasyprint(report_model):
            return super()._prepare_html(html, report_model=report_model)
        try:
            return super()._prepare_html(html, report_model=report_model)
        except (IndexError, ValueError, etree.LxmlError) as error:
            raise self._pdf_failure(self) from error

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        report = self._get_report(report_ref) if report_ref else self
        if not self._uses_weasyprint(report.model):
            return super()._run_wkhtmltopdf(
                bodies,
                report_ref,
                header,
                footer,
                landscape,
                specific_paperformat_args,
                set_viewport_size,
            )
        try:
            sheet = self._pdf_sheet(report, landscape, specific_paperformat_args or {})
            documents = self._pdf_documents(report, bodies, header, footer)
            return self._pdf_render(report, documents, sheet)
        except (UserError, psycopg2.Error):
            raise
        except Exception as error:
            if is_outage(error):
                raise
            raise self._pdf_failure(report, error) from error

    @api.model
    def _pdf_failure(self, report, error=None):
        _logger.warning("The PDF of report %r failed.", report.report_name, exc_info=True)
        if isinstance(error, TooLongError | MemoryError):
            return UserError(
                self.env._(
                    "The PDF of “%(report)s” can't be made: its text takes more time or memory than"
                    " a document may. Take out of it what was copied from elsewhere: tables in"
                    " tables, backgrounds, large pictures.",
                    report=report.name or "",
                )
            )
        return UserError(
            self.env._(
                "The PDF of the report “%(report)s” can't be made: its template or its text has"
                " an error. Please tell your administrator.",
                report=report.name or "",
            )
        )

    @api.model
    def _pdf_sheet(self, report, landscape, given):
        """Return the paper; values of the template (``given``, mm) come first."""
        paper = report.get_paperformat()
        width, height = paper.print_page_width or 210, paper.print_page_height or 297
        if landscape is None:
            landscape = given.get("data-report-landscape")
        if landscape:
            width, height = max(width, height), min(width, height)
        top = float(given.get("data-report-margin-top", paper.margin_top))
        spacing = float(given.get("data-report-header-spacing", paper.header_spacing))
        return pdf.Sheet(
            width=width,
            height=height,
            top=top,
            right=paper.margin_right,
            bottom=float(given.get("data-report-margin-bottom", paper.margin_bottom)),
            left=paper.margin_left,
            header_offset=0 if paper.css_margins else max(top - spacing, 5),
            header_line=paper.header_line,
        )

    @api.model
    def _pdf_documents(self, report, bodies, header, footer):
        headers = pdf.split_strip(header, "minimal_layout_report_headers")
        footers = pdf.split_strip(footer, "minimal_layout_report_footers")
        lang = self.env.context.get("lang") or self.env.user.lang or "zh_CN"
        documents = []
        for index, body in enumerate(bodies):
            document = pdf.split_body(body)
            document.lang = document.lang or lang.replace("_", "-")
            document.title = report.name or ""
            document.header = self._pdf_strip(headers, index)
            document.footer = self._pdf_strip(footers, index)
            documents.append(document)
        return documents

    @api.model
    def _pdf_strip(self, strips, index):
        if not strips:
            return ""
        return strips[index] if index < len(strips) else strips[0]

    @api.model
    def _pdf_render(self, report, documents, sheet):
        base_url = self._get_report_url()
        reader = self._pdf_reader()
        origins = {pdf.INTERNAL_ORIGIN, "://".join(urlsplit(base_url)[:2]).lower()}
        fetcher = pdf.Fetcher(lambda url: reader._pdf_read(url, origins), (psycopg2.Error,))
        ours = [pdf.stylesheet(pdf.TITLES_CSS)] if (report.model or "").startswith(OURS) else []
        files = []
        for document in documents:
            css = [reader._pdf_stylesheet(urljoin(base_url, u), origins) for u in document.links]
            sheets = [*(c for c in css if c), *ours]
            files.append(pdf.render(document, sheet, sheets, fetcher, base_url))
        self._pdf_note_parts(report, documents, files)
        if len(files) == 1:
            return files[0]
        with self._merge_pdfs([io.BytesIO(file) for file in files]) as merged:
            return merged.getvalue()

    @api.model
    def _pdf_note_parts(self, report, documents, files):
        parts = self.env.context.get("pdf_parts")
        if isinstance(parts, _Parts):
            for document, file in zip(documents, files, strict=True):
                model, res_id = document.record
                parts.append((res_id if model == report.model else None, file))

    # -- resources ---------------------------------------------------------------------------

    @api.model
    def _pdf_reader(self):
        """Return this model as the present user, without superuser rights.

        Scheduled jobs run as superuser and read like an anonymous visitor: the text of a letter may
        contain links of a customer.
        """
        user = self.env.user
        if user.id == SUPERUSER_ID:
            user = self.env.ref("base.public_user")
        own = set(user.company_ids.ids)
        companies = [c for c in self.env.context.get("allowed_company_ids") or [] if c in own]
        return self.with_user(user).with_context(allowed_company_ids=companies)

    def _pdf_read(self, url, origins):
        """Return (bytes, media type) of a resource; any error means the report goes without."""
        try:
            return self._pdf_read_source(pdf_source.locate(url, origins))
        except psycopg2.Error:
            raise
        except Exception as error:
            # Queries hold tokens, and messages of access errors the names of people.
            place, reason = url.partition("?")[0], type(error).__name__
            _logger.info("Left out of a report: %.80s (%s)", place, reason)
            raise

    def _pdf_read_source(self, source):
        match source:
            case pdf_source.StaticFile():
                return self._pdf_read_static(source), source.mimetype
            case pdf_source.Bundle():
                return self._pdf_read_bundle(source).encode(), "text/css"
            case pdf_source.Barcode():
                options = dict(source.options)
                return self.barcode(source.kind, source.value, **options), "image/png"
        return self._pdf_read_binary(source)

    def _pdf_read_static(self, source):
        if source.module not in self.env["ir.module.module"]._installed():
            raise pdf_source.RefusedUrl("the addon isn't installed")
        with file_open(f"{source.module}/static/{source.path}", "rb") as file:
            return file.read()

    def _pdf_read_bundle(self, source):
        name, rtl, kind, prefixed = self.env["ir.asset"]._parse_bundle_name(source.filename, False)
        # sudo: ir.attachment - compiled stylesheets are public, compiling may create one
        bundle = (
            self.env["ir.qweb"]
            .sudo()
            ._get_asset_bundle(name, css=kind == "css", js=False, rtl=rtl, autoprefix=prefixed)
        )
        return "".join(attachment.raw.decode() for attachment in bundle.css())

    def _pdf_read_binary(self, source):
        # Odoo's own streams need an HTTP request, which a scheduled job doesn't have.
        record = self.env["ir.binary"]._find_record(
            xmlid=source.xmlid or None,
            res_model=source.model,
            res_id=source.res_id or None,
            access_token=source.token or None,
            field=source.field,
        )
        content = self._pdf_binary_content(record.with_context(bin_size=False), source.field)
        if not content:
            raise pdf_source.RefusedUrl("no such image")
        mimetype = guess_mimetype(content)
        if any(source.size):
            content = image_process(content, size=source.size)
        return content, mimetype

    @api.model
    def _pdf_binary_content(self, record, name):
        field = record._fields.get(name)
        if not field or field.type != "binary":
            raise pdf_source.RefusedUrl("no such image")
        record._check_field_access(field, "read")
        if record._name == "ir.attachment":
            return record.raw
        return base64.b64decode(record[name] or b"")

    @api.model
    def _pdf_stylesheet(self, url, origins):
        """Return the parsed stylesheet of a link in the layout, None for one to leave out."""
        try:
            content, mimetype = self._pdf_read(url, origins)
        except (ValueError, OSError, UserError):
            return None
        return pdf.stylesheet(content.decode()) if mimetype == "text/css" else None
