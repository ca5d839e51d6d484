from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...base import windows
from ...base.files import Files
from ...base.trust import is_trusted, is_uninstalling, trusted

#: fields that may change while a guide is in force: its place in lists
FREE_FIELDS = frozenset({"sequence", "active"})


class WaterGuide(models.Model):
    """One version of the guide of a business (办理指南, S2.3.2): materials, fees and time.

    A guide in force is read-only: changes need a new version, and cases keep theirs.
    """

    _name = "water.guide"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Guide of a Business"
    _order = "sequence, code, version desc"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _keeps_what_is_shown = True

    name = fields.Char(string="Business Name", required=True, translate=True)
    code = fields.Char(required=True, index=True)
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_id = fields.Many2one(
        "water.category",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('for_request', '=', True), ('parent_id', '!=', False)]",
    )
    department_id = fields.Many2one("water.department", string="Handled by", check_company=True)
    eligibility = fields.Text(
        string="Who May Apply", translate=True, help="Conditions that an applicant has to meet."
    )
    refusal_grounds = fields.Text(
        translate=True, help="For which reasons the application is not accepted or not granted."
    )
    statutory_days = fields.Integer(
        string="Legal Limit (Working Days)", help="0: no limit is laid down by law."
    )
    promised_days = fields.Integer(
        string="Promised (Working Days)",
        help="Counted from the acceptance of the complete materials; 0: as the service standard"
        " says.",
    )
    limit_basis = fields.Char(string="Basis of the Limit", translate=True)
    where_to_apply = fields.Text(translate=True)
    material_ids = fields.One2many(
        "water.guide.material", "guide_id", string="Materials", copy=True
    )
    step_ids = fields.One2many("water.guide.step", "guide_id", string="Steps", copy=True)
    fee_ids = fields.One2many("water.guide.fee", "guide_id", string="Fees", copy=True)
    form_ids = Files("ir.attachment", string="Forms", help="To be filled in.")
    is_example = fields.Boolean(
        string="Example", help="Shipped as an example: adapt it to your company's rules."
    )
    valid_from = fields.Date(readonly=True, copy=False)
    valid_to = fields.Date(readonly=True, copy=False)
    previous_id = fields.Many2one(
        "water.guide", string="Previous Version", readonly=True, copy=False
    )
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")

    _version_uniq = models.UniqueIndex(
        "(code, version, COALESCE(company_id, 0))", "This version of the guide exists already."
    )
    _in_force_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE state = 'in_force'",
        "Only one version of a guide is in force.",
    )
    _days_sane = models.Constraint(
        "CHECK (statutory_days BETWEEN 0 AND 365 AND promised_days BETWEEN 0 AND 365)",
        "A time limit lies between 0 and 365 working days.",
    )

    @api.depends("code", "name", "version", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for guide in self:
            title = " ".join(part for part in (guide.code, guide.name) if part)
            if guide.state != "in_force" and title:
                title = self.env._(
                    "%(guide)s (version %(version)s)", guide=title, version=guide.version
                )
            guide.display_name = title

    @api.constrains("statutory_days", "promised_days")
    def _check_promise(self):
        for guide in self:
            if guide.statutory_days and guide.promised_days > guide.statutory_days:
                raise ValidationError(
                    self.env._("The promised time cannot be longer than the legal limit.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create guides as drafts, ignoring the caller's value."""
        if not is_trusted(self.env):
            kept = {"state", "version", "valid_from", "valid_to", "previous_id"}
            vals_list = [
                {name: value for name, value in vals.items() if name not in kept}
                | {"state": "draft"}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        if vals.keys() - FREE_FIELDS:
            self._check_draft()
            if vals.keys() & {"state", "version"} and not is_trusted(self.env):
                raise UserError(self.env._("Use the button that puts the guide in force."))
        return super().write(vals)

    def _check_draft(self):
        """Guard of everything that a guide says.

        :raises UserError: when one of the guides is or was in force
        """
        fixed = self.filtered(lambda guide: guide.state != "draft")
        if fixed and not is_trusted(self.env):
            raise UserError(
                self.env._(
                    "%(guide)s is in force or was: customers have been told what it says."
                    " Make a new version and edit that.",
                    guide=fixed[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=True)
    def _unlink_drafts_only(self):
        issued = any(guide.state != "draft" for guide in self)
        if issued and not is_uninstalling(self.env):
            raise UserError(self.env._("Only a draft of a guide can be deleted."))

    # -- versions ---------------------------------------------------------------------------

    def action_new_version(self):
        """Copy the guide as a draft of its next version and open it."""
        self.ensure_one()
        self.check_access("write")
        family = self._family()
        draft = family.filtered(lambda guide: guide.state == "draft")[:1]
        if not draft:
            version = max(family.mapped("version")) + 1
            draft = trusted(self).copy({"version": version, "previous_id": self.id})
        return windows.form(draft)

    def _family(self):
        """Return all versions of the guide, archived ones too."""
        everything = self.with_context(active_test=False)
        return everything.search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)]
        )

    def action_put_in_force(self):
        """From today on this version holds for new cases; the one before is kept as replaced.

        :raises UserError: when something is missing that customers must be told at once
        """
        self.check_access("write")
        for guide in self:
            today = guide.company_id._water_today()
            guide._check_complete()
            current = guide._family().filtered(lambda row: row.state == "in_force")
            trusted(current).write({"state": "replaced", "valid_to": today})
            current.flush_recordset()
            trusted(guide).write({"state": "in_force", "valid_from": today})
        return True

    def _check_complete(self):
        if self.state != "draft":
            raise UserError(self.env._("This version has been put in force already."))
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("material_ids", "step_ids", "refusal_grounds")
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Customers are told everything at once; still missing: %(parts)s.",
                    parts=missing,
                )
            )

    @api.model
    def _in_force_for(self, category, company):
        found = self._in_force_ids()
        ids = [id_ for owner in (False, company.id) for id_ in found.get((category.id, owner), ())]
        return self.browse(ids)

    @api.model
    @tools.ormcache()
    def _in_force_ids(self):
        found = {}
        # sudo: water.guide - which guides hold does not depend on who asks
        for guide in self.sudo().search([("state", "=", "in_force")]):
            found.setdefault((guide.category_id.id, guide.company_id.id), []).append(guide.id)
        return found
