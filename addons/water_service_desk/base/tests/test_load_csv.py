from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestLoadCsv(TransactionCase):
    """Rows of a CSV file behave on an update as records of XML with ``noupdate``."""

    def _load(self):
        self.env["ir.model.data"]._load_csv(
            "water_service_desk", "case/data/water.emergency.word.csv"
        )

    def test_record_changed_by_the_company_stays_after_update(self):
        word = self.env["water.emergency.word"].search([], limit=1)
        self.assertTrue(word.get_external_id()[word.id])
        word.active = False
        self._load()
        self.assertFalse(word.active)

    def test_record_without_external_id_comes_again_with_update(self):
        words = self.env["water.emergency.word"].with_context(active_test=False)
        word = words.search([], limit=1)
        name = word.get_external_id()[word.id]
        word.unlink()
        self._load()
        self.assertTrue(self.env.ref(name))

    def test_row_that_names_a_deleted_record_is_left_alone(self):
        department = self.env.ref("water_service_desk.department_lab")
        self.env["ir.model.data"].search(
            [("module", "=", "water_service_desk"), ("name", "=", "department_lab")]
        ).unlink()  # as when the department is deleted
        category = self.env.ref("water_service_desk.category_wq")
        self.env["ir.model.data"]._load_csv("water_service_desk", "case/data/water.category.csv")
        self.assertEqual(category.department_id, department)
