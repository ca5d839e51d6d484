from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import human_size

from ...knowledge.search_terms import search_terms


class WaterGuide(models.Model):
    """Guides (办事指南) on the public pages, before an application (S3.1.1b)."""

    _inherit = "water.guide"

    @api.model
    def _public_search(self, text, company):
        """The guides in force that fit ``text``; all without one."""
        domain = Domain("state", "=", "in_force") & Domain("company_id", "in", [False, company.id])
        # sudo: water.guide - guides in force are public
        guides = self.sudo().search(domain)
        terms = [term.removesuffix(":*") for term in search_terms(text)]
        if not terms:
            return guides
        scores = {
            guide: sum(
                term in f"{guide.name} {guide.category_id._public_haystack()}".lower()
                for term in terms
            )
            for guide in guides
        }
        best = max(scores.values(), default=0)
        good = guides.filtered(lambda guide: scores[guide] > best / 2)
        return good.sorted(lambda guide: -scores[guide])

    def _public_card(self):
        kinds = dict(self.material_ids._fields["kind"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "path": f"/water/guides/{self.id}",
            "apply": f"/my/requests/new?type=business&category_id={self.category_id.id}",
            "eligibility": self.eligibility or "",
            "where": self.where_to_apply or "",
            "refusal": self.refusal_grounds or "",
            "promised": self.promised_days,
            "statutory": self.statutory_days,
            "basis": self.limit_basis or "",
            "materials": [
                (row.name, kinds[row.kind], row.copies, row.mandatory, row.note or "")
                for row in self.material_ids
            ],
            "steps": [(row.name, row._limit_text(), row.note or "") for row in self.step_ids],
            "fees": [(row.name, row._amount_text(), row.basis or "") for row in self.fee_ids],
            "forms": [
                (row.name, f"/water/guides/{self.id}/form/{row.id}", human_size(row.file_size))
                for row in self.form_ids
            ],
        }
