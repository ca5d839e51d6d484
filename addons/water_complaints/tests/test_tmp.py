from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTmp(TransactionCase):
    def test_x(self):
        c = self.env.company
        n = self.env["account.move.line"].search_count([])
        raise AssertionError(
            (
                c.name,
                c.currency_id.name,
                n,
                c.chart_template,
                self.env["res.currency"].search([]).mapped("name"),
                c.water_compensation_profile_id.code,
                self.env["water.compensation"]
                .search([])
                .mapped(lambda r: (r.name, r.amount, r.trace)),
            )
        )
