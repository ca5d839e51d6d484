import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

import psycopg2

from odoo.tests import BaseCase, tagged

from .. import pdf, pdf_source
from .common import PIXEL, PdfCase, images_of, page_of, text_of

ORIGINS = {"http://report.invalid", "https://water.example"}


@tagged("post_install", "-at_install")
class TestPdfSource(BaseCase):
    """Allowed targets of URLs in a report."""

    def test_refused(self):
        """Other servers, other schemes, other files and odd ids are all refused."""
        for url in (
            "http://evil.example/web/static/a.png",
            "//evil.example/web/static/a.png",
            "http://report.invalid@evil.example/web/static/a.png",
            "http://report.invalid:8069/web/static/a.png",
            "http://[::1/web/static/a.png",
            "file:///etc/passwd",
            "ftp://report.invalid/web/static/a.png",
            "http://report.invalid/web/static/../models/ir_qweb.png",
            "http://report.invalid/web/static/%2e%2e/%2e%2e/odoo.png",
            "http://report.invalid/web/static/..%2fmodels%2fa.png",
            "http://report.invalid/web/static/..%5ca.png",
            "http://report.invalid/web/static/a%00.png",
            "http://report.invalid/web/static//etc/a.png",
            "http://report.invalid/../static/a.png",
            "http://report.invalid/web/static/a.py",
            "http://report.invalid/web/models/a.png",
            "http://report.invalid/web/static/",
            "http://report.invalid/web/database/manager",
            "http://report.invalid/web/image/99999999999",
            "http://report.invalid/web/image/0",
            "http://report.invalid/web/image/res.partner/2147483648/image_128",
            "http://report.invalid/web/content?id=-1",
            "http://report.invalid/report/barcode/QR",
            "http://report.invalid/",
            "",
        ):
            with self.subTest(url), self.assertRaises(pdf_source.RefusedUrl):
                pdf_source.locate(url, ORIGINS)

    def test_located(self):
        """Each kind of address of this server is understood."""
        binary, image = pdf_source.Binary, "http://report.invalid/web/image"
        for url, source in {
            "https://water.example/web/static/img/a.png": pdf_source.StaticFile(
                "web", "img/a.png", "image/png"
            ),
            "http://report.invalid/web/assets/1/a.b.min.css": pdf_source.Bundle("a.b.min.css"),
            "http://report.invalid/report/barcode/QR/a/b?width=9": pdf_source.Barcode(
                "QR", "a/b", (("width", "9"),)
            ),
            "http://report.invalid/report/barcode/?barcode_type=QR&value=a": pdf_source.Barcode(
                "QR", "a"
            ),
            f"{image}/7": binary(res_id=7),
            f"{image}/7-abc/a.png": binary(res_id=7),
            f"{image}/7/20x30?access_token=t": binary(res_id=7, token="t", size=(20, 30)),
            f"{image}/res.partner/7/image_128": binary("res.partner", 7, "image_128"),
            f"{image}/res.partner/7/image_128/20x0": binary(
                "res.partner", 7, "image_128", size=(20, 0)
            ),
            f"{image}/base.main_company": binary("", xmlid="base.main_company"),
            f"{image}?model=res.partner&id=7&field=image_128&width=5": binary(
                "res.partner", 7, "image_128", size=(5, 0)
            ),
            "http://report.invalid/web/content?xmlid=a.b&field=f": binary("", 0, "f", "a.b"),
        }.items():
            with self.subTest(url):
                self.assertEqual(pdf_source.locate(url, ORIGINS), source)


@tagged("post_install", "-at_install")
class TestPdfResources(PdfCase):
    """What a report may load, and with which rights."""

    def _private_image(self):
        return self.env["ir.attachment"].create({"name": "secret.png", "raw": PIXEL})

    def _image_page(self, attachment):
        return page_of(f'<p>附图</p><img src="/web/image/{attachment.id}" width="40"/>')

    def test_no_request_leaves_the_process(self):
        """Reports cannot make the server call addresses, not even its own."""
        hits = []

        class Spy(BaseHTTPRequestHandler):
            def do_GET(self):
                hits.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                """Keep the test output clean."""

        server = HTTPServer(("127.0.0.1", 0), Spy)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        self.env["ir.config_parameter"].set_param("report.url", url)
        article = f"""
            <base href="{url}"/><p>正文</p><img src="{url}/img.png"/><img src="img2.png"/>
            <img srcset="{url}/set.png 1x"/><object data="{url}/o.svg" type="image/svg+xml"/>
            <embed src="{url}/e.png"/><input type="image" src="{url}/i.png"/>
            <a rel="attachment" href="{url}/a.bin">a</a>
            <link rel="stylesheet" href="{url}/c.css"/><link rel="attachment" href="{url}/d.bin"/>
            <style>@import url({url}/e.css);
                @font-face {{ font-family: f; src: url({url}/f.woff2) }}
                p {{ background: url({url}/g.png); font-family: f }}
                p::before {{ content: url({url}/h.png) }}</style>
            <svg width="9" height="9"><image href="{url}/i.png" width="9" height="9"/>
                <style>@import url({url}/j.css);</style><use href="{url}/k.svg#a"/></svg>
            <iframe src="{url}/l.html"/>"""
        head = f'<link rel="stylesheet" href="{url}/m.css"/><style>@import "{url}/n.css";</style>'
        content = self._run(page_of(article, head))
        pdf.stylesheet(f"@import '{url}/o.css'; @font-face {{ font-family: f; src: url({url}/p) }}")
        self.assertIn("正文", text_of(content))
        self.assertFalse(hits)

    def test_files_of_the_machine_stay_out(self):
        """Neither file URLs nor climbing paths bring a file into the PDF."""
        path = pdf.__file__
        article = f"""
            <p>正文</p><link rel="attachment" href="file://{path}"/>
            <a rel="attachment" href="file://{path}">a</a>
            <a rel="attachment" href="/water_service_desk/static/../tools/pdf.py">b</a>
            <a rel="attachment" href="/water_service_desk/pdf/pdf.py">c</a>
            <img src="{path}"/><object data="file://{path}" type="text/css"/>"""
        content = self._run(page_of(article))
        self.assertIn("正文", text_of(content))
        self.assertNotIn(b"/EmbeddedFile", content)

    def test_static_only_of_installed_addons(self):
        reports = self.env["ir.actions.report"]
        source = pdf_source.StaticFile("web", "img/placeholder.png", "image/png")
        self.assertTrue(reports._pdf_read_source(source)[0].startswith(b"\x89PNG"))
        installed = patch.object(
            type(self.env["ir.module.module"]), "_installed", lambda self: {"base": 1}
        )
        with installed, self.assertRaises(pdf_source.RefusedUrl):
            reports._pdf_read_source(source)

    def test_image_of_someone_else_stays_out(self):
        """A private image appears only for users who may read it."""
        page = self._image_page(self._private_image())
        admin = self.env.ref("base.user_admin")
        self.assertTrue(images_of(self._run(page, admin)))
        self.assertFalse(images_of(self._run(page, self.user)))

    def test_superuser_rights_open_nothing(self):
        """A report made with sudo, or by a scheduled job, reads like the person or a visitor."""
        secret = self._private_image()
        reports = self.env["ir.actions.report"].with_user(self.user).sudo()
        for engine in (reports, self.env["ir.actions.report"]):
            self.assertTrue(engine.env.su)
            page = self._image_page(secret)
            self.assertFalse(images_of(engine._run_wkhtmltopdf([page], self.report.id)))
        secret.public = True
        self.assertTrue(images_of(self._run(self._image_page(secret))))

    def test_token_opens_an_image(self):
        """The access token of an attachment opens it, a wrong one doesn't."""
        secret = self._private_image()
        token = secret.generate_access_token()[0]
        for given, shown in ((token, True), ("x" * len(token), False)):
            page = page_of(f'<img src="/web/image/{secret.id}?access_token={given}" width="9"/>')
            self.assertEqual(bool(images_of(self._run(page, self.user))), shown)

    def test_images_a_report_may_show(self):
        """Barcodes, static files and images of records that the reader may see."""
        self.people[0].image_1920 = base64.b64encode(PIXEL)
        for src in (
            "/report/barcode/QR/96116?width=90&amp;height=90",
            "/web/static/img/placeholder.png",
            f"/web/image/res.partner/{self.people[0].id}/image_128/20x20",
            f"{self.report.get_base_url()}/web/static/img/placeholder.png",
        ):
            page = page_of(f'<img src="{src}" width="40"/>')
            self.assertTrue(images_of(self._run(page, self.env.ref("base.user_admin"))), src)

    def test_bad_image_leaves_the_transaction_usable(self):
        """Ids, fields and models that don't exist cost the image only."""
        for src in (
            "/web/image/999999999999",
            "/web/image/res.partner/1/nothing",
            "/web/image/res.nothing/1/x",
            "/web/image/no.xmlid",
            "/report/barcode/EAN13/%E6%B0%B4?width=99999&amp;height=99999",
            "data:image/png;base64,xxxx",
        ):
            self.assertFalse(images_of(self._run(page_of(f'<img src="{src}"/>'))), src)
        self.assertTrue(self.env["res.partner"].search([], limit=1))

    def test_database_errors_pass_through(self):
        """A conflict in the database reaches Odoo, which then tries the request again."""
        conflict = psycopg2.errors.SerializationFailure()
        with patch.object(type(self.report), "_pdf_read_binary", side_effect=conflict):
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                self._run(page_of('<img src="/web/image/1"/>'))

    def test_client_context_changes_nothing(self):
        """A value a client puts where the parts are collected is not used."""
        reports = self.env["ir.actions.report"].with_context(pdf_parts=[])
        content = reports._run_wkhtmltopdf([page_of("<p>水</p>")], report_ref=self.report.id)
        self.assertIn("水", text_of(content))
        self.assertFalse(reports.env.context["pdf_parts"])
