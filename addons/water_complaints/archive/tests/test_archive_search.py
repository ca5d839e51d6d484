from odoo.tests import tagged

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestArchiveSearch(ComplaintCommon):
    """Any words of an archived complaint find it, by an index of its own (S3.2.4b)."""

    def _found(self, words, login="quality"):
        complaints = self._as(login, self.env["water.complaint"])
        return complaints.search([("archive_text", "ilike", words)]).with_env(self.env)

    def test_any_words(self):
        """Two characters, a sentence, English: of every text, of archived complaints alone."""
        words = {"subject": "泵房夜间轰鸣", "demand": "请加装隔音罩 noise barriers"}
        archived, open_case = self._complaint_at("archived", **words), self._complaint(**words)
        for text in ("轰鸣", "隔音", "泵房夜间", "轰鸣 隔音", "barrier", "夜间轰鸣 noise"):
            with self.subTest(text=text):
                self.assertEqual(self._found(text), archived)
        for text in ("轰隆", "泵房 轰隆", "noisy neighbours", "13812345678"):
            with self.subTest(text=text):
                self.assertFalse(self._found(text))
        self.assertFalse(self._found("轰鸣", login="department2"))  # nor does it show more records
        self.assertIn(
            open_case, self._as("agent", open_case).search([("archive_text", "ilike", "")])
        )

    def test_index_is_used(self):
        """The condition is word by word that of the index: no table is read through."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["water.complaint"].sudo()._search([("archive_text", "ilike", "停水")])
        self.env.cr.execute("EXPLAIN " + self.env.cr.mogrify(query.select()).decode())
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("water_complaint_archive_words_idx", plan)

    def test_words_need_no_search_path(self):
        """A backup is restored without a search path: else the table is left out of it."""
        self.env.cr.execute("SET LOCAL search_path TO ''")
        self.env.cr.execute("SELECT public.water_text_vector('水表 meter')")
        self.assertIn("meter", self.env.cr.fetchone()[0])

    def test_older_databases_are_mended(self):
        """Data of an earlier version is replaced; column and index stay."""
        self.env.cr.execute(
            "CREATE OR REPLACE FUNCTION water_text_vector(words text)"
            " RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
            " $$ SELECT water_search_vector(jsonb_build_object('', words), 'A') $$"
        )
        self.env["water.complaint"].init()
        self.test_words_need_no_search_path()
