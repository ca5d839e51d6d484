from odoo import models

from ...base.roles import AGENT, DEPARTMENT, MANAGER, QUALITY, SUPERVISOR

#: The page of the manual for each role, the widest role first.
PAGES = (
    ("base.group_system", "administrator"),
    (MANAGER, "manager"),
    (SUPERVISOR, "supervisor"),
    (QUALITY, "quality"),
    (AGENT, "agent"),
    (DEPARTMENT, "department"),
)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _water_manual_page(self):
        found = (page for group, page in PAGES if self.has_group(group))
        return next((f"roles/{page}/" for page in found), "")

    def _water_manual(self):
        url = self.env.company.water_manual_url
        if not url or self.share:
            return False
        language = "" if (self.lang or "").startswith("zh") else "en/"
        return {"url": f"{url.rstrip('/')}/{language}", "role": self._water_manual_page()}
