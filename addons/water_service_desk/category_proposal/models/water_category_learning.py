from base64 import b64encode
from functools import partial

from odoo import api, fields, models

from ...base.isolated import run_isolated
from ...base.trust import trusted
from .. import learning
from .water_category import PROPOSED, words_of

#: From so many of the newest cases of a type is learned.
MOST_CASES = 20000


class WaterCategoryLearning(models.Model):
    """Learned words of a company's categories, and their accuracy, measured nightly.

    Tested on the newest month, learned from the time before; the stored result has learned from
    both. Without scikit-learn on the server the key words of the categories propose.
    """

    _name = "water.category.learning"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Learning of Categories"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    learned_at = fields.Datetime(required=True, readonly=True)
    is_learned = fields.Boolean(
        string="From Cases", readonly=True, help="Otherwise the categories' key words propose."
    )
    case_count = fields.Integer(string="Cases", readonly=True)
    tried_count = fields.Integer(
        string="Tried on", readonly=True, help="Newest cases, set apart while it was measured."
    )
    hit_rate = fields.Float(
        string="Among the First Three (%)",
        readonly=True,
        digits=(16, 1),
        help="Of how many of them the right category was among the first three, by words alone.",
    )
    words_rate = fields.Float(string="By Key Words Alone (%)", readonly=True, digits=(16, 1))
    content = fields.Binary(readonly=True, attachment=True, groups=fields.NO_ACCESS)

    _company_uniq = models.UniqueIndex("(company_id)")

    @api.model
    def _cron_learn(self):
        """Scheduled action: learn from the cases of each company, and measure the accuracy."""
        companies = self.env["res.company"].search([("active", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            run_isolated(self.with_company(company), type(self)._learn)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _learn(self):
        """Learn from the present company's cases, if there are enough."""
        cases = self._cases()
        if len(cases) < learning.LEAST_CASES:
            return
        values = self._measured(cases)
        if learning.can_learn():
            found = learning.learn([row[1:] for row in cases], self._own_words())
            values |= {"content": b64encode(found.pack()), "is_learned": True}
        company = self.env.company
        # sudo: water.category.learning - written by the system alone
        mine = trusted(self.sudo())
        row = mine.search([("company_id", "=", company.id)])
        values |= {"company_id": company.id, "learned_at": fields.Datetime.now()}
        row.write(values) if row else mine.create(values)
        self.env.registry.clear_cache()

    def _measured(self, cases):
        """Try key words and what older cases teach on the newest ones."""
        before, newest = learning.parts(cases)
        leaves = self.env["water.category"]._leaves()

        def by_words(text):
            return leaves._public_best(text)[:PROPOSED].mapped("code")

        rate = words_rate = learning.share(newest, by_words)
        if learning.can_learn():
            learned = learning.learn([row[1:] for row in before], self._own_words())
            rate = learning.share(newest, partial(learned.best, count=PROPOSED))
        counts = {"case_count": len(cases), "tried_count": len(newest)}
        return {**counts, "hit_rate": rate, "words_rate": words_rate}

    def _cases(self):
        """Return the newest cases of the present company as (date, words, code), oldest first.

        Cases of restricted categories and erased ones are left out.
        """
        found = []
        for model in sorted(self.env.registry.descendants(["water.case.mixin"], "_inherit")):
            if not self.env[model]._abstract:
                found += self._cases_of(model)
        return sorted(found)

    def _cases_of(self, model):
        # sudo: cases - of their words weights alone remain, and none of what one person said
        cases = self.env[model].sudo()
        domain = [
            ("company_id", "=", self.env.company.id),
            ("category_id.parent_id", "!=", False),
            ("category_id.active", "=", True),
            ("is_restricted", "=", False),
            ("erased_at", "=", False),
        ]
        names = ["received_at", "subject", "verbatim", "description", "category_id"]
        rows = cases.search_fetch(domain, names, order="id desc", limit=MOST_CASES)
        return [(row.received_at, words_of(row), row.category_id.code) for row in rows]

    def _own_words(self):
        leaves = self.env["water.category"]._leaves()
        return {leaf.code: leaf._public_haystack() for leaf in leaves}
