from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...base import windows
from ...base.locks import force_conflict
from ...base.tables import table
from ...base.trust import trusted


class WaterCaseRelation(models.Model):
    """One case below another one, of any type: a plan, and its pieces of work.

    Without consequences: each is handled, answered and closed separately. Access rights stay:
    numbers of unreadable cases are hidden.
    """

    _name = "water.case.relation"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Link between Cases"
    _order = "id"
    _rec_name = "case_name"
    _dossier_order = 77
    _dossier = ("case_name", "parent_name", "note", "user_id")

    #: the column of the case above, for each case type; its own room brings it
    _parent_links = ("parent_inquiry_id", "parent_request_id")

    parent_inquiry_id = fields.Many2one(
        "water.inquiry", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    parent_request_id = fields.Many2one(
        "water.request", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    parent_name = fields.Char(string="Case Above", compute="_compute_names")
    child_name = fields.Char(string="Case Below", compute="_compute_names")
    child_subject = fields.Char(string="Subject", compute="_compute_names")
    child_state = fields.Char(string="State", compute="_compute_names")
    note = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Linked by", required=True, readonly=True, ondelete="restrict"
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Cases are linked by the button “Link with Another Case”.")

    @api.model
    def _parent_field(self, model):
        return next(
            name
            for name in table(self, "_parent_links")
            if name in self._fields and self._fields[name].comodel_name == model
        )

    def _parent(self):
        self.ensure_one()
        names = (name for name in table(self, "_parent_links") if name in self._fields)
        return next(self[name] for name in names if self[name])

    @api.depends_context("uid", "lang")
    def _compute_names(self):
        """Show unreadable cases without number and subject."""
        for row in self:
            # sudo: case - whether the reader may see it is asked next
            above, below = row.sudo()._parent(), row.sudo()._case()
            seen = [case.with_env(self.env)._filtered_access("read") for case in (above, below)]
            row.parent_name = above.name if seen[0] else False
            row.child_name = below.name if seen[1] else False
            row.child_subject = below.subject if seen[1] else False
            row.child_state = below._state_label(below.state) if seen[1] else False

    @api.model
    def _link(self, parent, child, note=False):
        """Put ``child`` below ``parent``; both cases log it.

        :param parent: one case of any type
        :param child: one case of any type
        :raises ValidationError: for a case below itself, and for linked ones
        :return: water.case.relation
        """
        self._check_linking(parent, child)
        # sudo: water.case.relation - written by this checked service alone
        row = trusted(self.sudo()).create(
            {
                self._parent_field(parent._name): parent.id,
                self._case_field(child._name): child.id,
                "note": note,
                "user_id": self.env.uid,
            }
        )
        parent._log_events("related", {"number": child.name, "below": True, "note": note or ""})
        child._log_events("related", {"number": parent.name, "below": False, "note": note or ""})
        return row.with_env(self.env)

    @api.model
    def _check_linking(self, parent, child):
        for case in (parent, child):
            case.ensure_one()
            case.check_access("write")
            case._check_unsealed()
            if not case._is_desk():
                raise AccessError(self.env._("Only the service desk links cases."))
        below = self._below(child)
        for model in {name for name, _id in below}:  # of two links at once, one sees the other
            force_conflict(self.env[model].browse(id_ for name, id_ in below if name == model))
        if (parent._name, parent.id) in below:
            words = {"parent": parent.name, "child": child.name}
            raise ValidationError(
                self.env._("%(parent)s is %(child)s itself, or stands below it.", **words)
            )
        if (child._name, child.id) in self._children(parent):
            raise ValidationError(self.env._("The two cases are linked already."))

    @api.model
    def _children(self, case):
        rows = self.sudo().search([(self._parent_field(case._name), "=", case.id)])
        return {(below._name, below.id) for row in rows for below in row._case()}

    @api.model
    def _below(self, case):
        found, fresh = set(), {(case._name, case.id)}
        while fresh:
            found |= fresh
            known = [self.env[model].sudo().browse(id_) for model, id_ in fresh]
            fresh = {child for row in known for child in self._children(row)} - found
        return found

    def action_remove(self):
        """Remove the link; both cases log it.

        :raises AccessError: by anyone but the desk, or without rights on both cases
        """
        for row in self:
            row.check_access("read")
            # sudo: case - whose own rights are asked next
            cases = [case.with_env(self.env) for case in (row.sudo()._parent(), row.sudo()._case())]
            for case, other in zip(cases, reversed(cases), strict=True):
                case.check_access("write")
                if not case._is_desk():
                    raise AccessError(self.env._("Only the service desk links cases."))
                case._check_unsealed()
                case._log_events("unrelated", {"number": other.sudo().name})
            trusted(row.sudo()).unlink()
        return dict(windows.RELOAD)

    def action_open_parent(self):
        """Open the case above (its own access rules apply)."""
        self.check_access("read")
        # sudo: case - found by a link that the user may read; its own rules are asked next
        return self._open_end(self.sudo()._parent())

    def action_open_child(self):
        """Open the case below (its own access rules apply)."""
        self.check_access("read")
        # sudo: case - found by a link that the user may read; its own rules are asked next
        return self._open_end(self.sudo()._case())

    def _open_end(self, case):
        case = case.with_env(self.env)
        if not case._filtered_access("read"):
            raise UserError(self.env._("You may not see this case."))
        return windows.form(case)
