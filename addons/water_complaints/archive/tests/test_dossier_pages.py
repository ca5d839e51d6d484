from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...notice.tests.common import text_of
from .. import sealed_file
from .common import PHOTO, ArchiveCommon


@tagged("post_install", "-at_install")
class TestDossierPages(ArchiveCommon):
    """The dossier in a sealed file can be read, whatever layout the company has chosen."""

    real_pdf = True

    def test_no_column_is_lost(self):
        """Layouts put a row of their own into tables, which must not be taken for the first."""
        case = trusted(self._archived().sudo())
        for layout in ("boxed", "striped"):
            self.company.external_report_layout_id = self.env.ref(f"web.external_layout_{layout}")
            content = self.env["water.archive"].sudo()._sealed_content(case, 1)[0]
            pages = self._members(content)["dossier.pdf"]
            with self.subTest(layout=layout):
                text = text_of(pages)
                # of the head, the checklist, a fact, the files and the events
                files, chain = sealed_file.sha256(PHOTO), case.event_ids[0].digest[:12]
                for words in (case.event_head, "齐全", "现场抄见", files, chain):
                    self.assertIn(words, text)
