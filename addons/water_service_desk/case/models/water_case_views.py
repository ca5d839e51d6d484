import re

from odoo import api, models

#: How the files of views are written: runs of blanks, and what is said to whoever writes them.
INDENT = re.compile(r"[ \t\r\n]{2,}")
REMARK = re.compile(r"<!--.*?-->", re.S)
#: What the web client asks of a field apart, where it needs it: for filters, and for exports.
ASKED_APART = frozenset({"groups", "searchable"})
#: What says no more of a field than silence.
EMPTY = ([], {})
#: Of these the web client takes silence for something else.
ALWAYS_SAID = frozenset({"selection", "sanitize_tags"})


class WaterCaseMixin(models.AbstractModel):
    """What a browser is sent of the views of a case: what it shows, and no more."""

    _inherit = "water.case.mixin"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """A view as Odoo gives it; a fourth of a form are indents, which nobody sees."""
        view = super().get_view(view_id, view_type, **options)
        return {**view, "arch": INDENT.sub(" ", REMARK.sub("", view["arch"]))}

    @api.model
    def get_views(self, views, options=None):
        """Views as Odoo gives them; of a field nothing is said that it is not."""
        found = super().get_views(views, options)
        return {
            **found,
            "models": {
                model: {**described, "fields": self._without_nothing(described["fields"])}
                for model, described in found["models"].items()
            },
        }

    @api.model
    def _without_nothing(self, described):
        """The descriptions of fields without what is false or empty; 0 is a number."""
        return {
            name: {
                key: value
                for key, value in description.items()
                if key in ALWAYS_SAID or (value is not False and value not in EMPTY)
            }
            for name, description in described.items()
        }

    @api.model
    def _get_view_fields(self, view_type, models):
        """Of a search, the fields that it names, and those that somebody may group by."""
        named = set(models.get(self._name, ()))
        found = super()._get_view_fields(view_type, models)
        if view_type != "search":
            return found
        everything = self.sudo()  # sudo: fields - the view is kept for all users
        return {
            **found,
            self._name: [
                name
                for name in found[self._name]
                if name in named or self._fields[name]._description_groupable(everything.env)
            ],
        }

    @api.model
    def _get_view_field_attributes(self):
        return [key for key in super()._get_view_field_attributes() if key not in ASKED_APART]
