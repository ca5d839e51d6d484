from odoo import api, fields, models

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED


class WaterComplaint(models.Model):
    """The finding in force: as found, until an appeal corrects it. Figures go by it.

    What was found at first stays in the complaint and its chain, and with the appeal.
    """

    _inherit = "water.complaint"

    _reactions = {"finding": ("_on_judged_again",), "state": ("_on_judged_again",)}

    finding_final = fields.Selection(
        selection=lambda self: self._fields["finding"]._description_selection(self.env),
        string="Finding in Force",
        compute="_compute_in_force",
        store=True,
        precompute=True,
        help="As the last appeal has corrected it, else as found.",
    )
    liability_final = fields.Selection(
        selection=lambda self: self._fields["liability"]._description_selection(self.env),
        string="Liability in Force",
        compute="_compute_in_force",
        store=True,
        precompute=True,
    )
    leaves_figures = fields.Boolean(
        string="Left out of the Figures",
        compute="_compute_in_force",
        store=True,
        precompute=True,
        help="By the decision on an appeal, it does not count against the department.",
    )

    is_judged_again = fields.Boolean(
        string="Judged Again under Another Number",
        readonly=True,
        copy=False,
        help="The matter went on after it was filed, and what was found then is in force.",
    )

    is_justified = fields.Boolean(
        string="Justified",
        compute="_compute_justified",
        store=True,
        help="By the finding in force the company answers for it: in the figures (有责投诉).",
    )
    is_justified_repeat = fields.Boolean(
        string="Justified Repeat",
        compute="_compute_justified",
        store=True,
        help="Justified, and complained of before, or handled again (重复投诉).",
    )

    def _on_judged_again(self, before, vals):
        """Of a matter that went on after it was filed, the last finding is the final one."""
        for case in self.filtered("is_follow_up"):
            is_judged = bool(case.finding) and case.state not in NOT_JUDGED
            # sudo: complaint - filed ones are marked, whoever judged the matter again
            trusted(case.sudo()._earlier_cases()).write({"is_judged_again": is_judged})

    @api.depends(
        *("validity", "counts_for_rates", "is_judged_again", "repeat_of_id", "handling_round")
    )
    def _compute_justified(self):
        """A matter that was judged again under another number is justified there, or nowhere."""
        for case in self:
            counts = case.counts_for_rates and not case.is_judged_again
            case.is_justified = case.validity == "valid" and counts
            again = case.repeat_of_id or case.handling_round > 1
            case.is_justified_repeat = case.is_justified and bool(again)

    @api.depends("finding", "liability", "reopen_count", "appeal_ids.state", "notice_ids.sent_at")
    def _compute_in_force(self):
        for case in self:
            # sudo: water.appeal - what is in force is the same for every reader
            newest_first = (
                case.sudo()
                .appeal_ids.filtered(lambda row: row.state == "decided")
                .sorted(lambda row: (row.decided_at, row.id), reverse=True)
            )
            figures = newest_first.filtered(lambda row: row._speaks_of_figures())
            case.leaves_figures = figures[:1].leaves_figures
            newest_first = newest_first.filtered(lambda row: row._holds())
            findings = [row.corrected_finding for row in newest_first if row.corrected_finding]
            liable = [row.corrected_liability for row in newest_first if row.corrected_liability]
            case.finding_final = findings[0] if findings else case.finding
            case.liability_final = liable[0] if liable else case.liability

    @api.depends("leaves_figures")
    def _compute_counts_for_rates(self):
        """What an appeal has taken out of the figures is in none of them: one statement."""
        super()._compute_counts_for_rates()
        self.filtered("leaves_figures").counts_for_rates = False

    @api.depends("finding_final", "liability_final")
    def _compute_validity(self):
        super()._compute_validity()

    def _judged(self):
        """By what is in force; who was found liable in shares stays so until it is corrected."""
        _finding, shares = super()._judged()
        corrected = self.liability_final and self.liability_final != self.liability
        return self.finding_final, {self.liability_final: 100} if corrected else shares
