from odoo import fields, models


class WaterCategory(models.Model):
    """The script and questions on the telephone for a category."""

    _inherit = "water.category"

    call_script = fields.Text(
        string="On the Telephone",
        translate=True,
        help="What the agent asks and says; a category without one takes its family's.",
    )

    def _spoken_script(self):
        if not self:
            return ""
        script = self.call_script or self.parent_id.call_script or ""
        asked = [
            "· " + " / ".join([question["text"], *question["choices"]])
            for question in self._public_questions()
        ]
        return "\n".join(part for part in (script, *asked) if part)
