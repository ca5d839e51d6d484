from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.trust import trusted

from .water_satisfaction_survey import LINKS

#: Results of asking; only answers count in the rates.
RESULTS = [
    ("answered", "Answered"),
    ("refused", "Did not want to answer"),
    ("missed", "Not reached"),
    ("wrong", "Wrong number"),
]
SCORES = ("score", "score_speed", "score_manner", "score_result")
#: As third parties write it.
TOLD = {
    **{key: key for key, _label in RESULTS},
    **{"已答": "answered", "成功": "answered", "拒访": "refused", "未接通": "missed"},
    **{"未联系上": "missed", "空号": "wrong", "错号": "wrong"},
}


class WaterSatisfactionSurveyLine(models.Model):
    """One customer of a sample, by the settled case that was drawn."""

    _name = "water.satisfaction.survey.line"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Customer in a Survey"
    _order = "survey_id desc, place"
    _rec_name = "number"
    _dossier = False  # answers about the service, not about the case

    survey_id = fields.Many2one(
        "water.satisfaction.survey", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="survey_id.company_id", store=True, index=True)
    place = fields.Integer(string="No.", help="The order in which they were drawn.")
    number = fields.Char(string="Case Number", required=True, index=True)
    complaint_id = fields.Many2one("water.complaint", index="btree_not_null", ondelete="restrict")
    inquiry_id = fields.Many2one("water.inquiry", index="btree_not_null", ondelete="restrict")
    request_id = fields.Many2one("water.request", index="btree_not_null", ondelete="restrict")
    category_id = fields.Many2one("water.category", index="btree_not_null")
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index="btree_not_null")
    department_id = fields.Many2one("water.department", index="btree_not_null")
    closed_at = fields.Datetime()
    result = fields.Selection(RESULTS)
    score = fields.Integer(string="Satisfied (1 to 5)", aggregator="avg")
    score_speed = fields.Integer(string="Speed (1 to 5)", aggregator="avg")
    score_manner = fields.Integer(string="Manner (1 to 5)", aggregator="avg")
    score_result = fields.Integer(string="Result (1 to 5)", aggregator="avg")
    words = fields.Text(string="Words of the Customer")
    read_at = fields.Datetime(string="Read in on")
    read_by_id = fields.Many2one("res.users", string="Read in by", ondelete="restrict")
    former = fields.Json(groups=fields.NO_ACCESS, export_string_translation=False)
    former_text = fields.Text(
        string="Read in Before",
        compute="_compute_former_text",
        help="What the third party had told at first; it stays when results are read in again.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE (survey_id, number)", "Each case stands once in a survey."
    )
    _scores_sane = models.Constraint(
        "CHECK (COALESCE(score, 0) BETWEEN 0 AND 5 AND COALESCE(score_speed, 0) BETWEEN 0 AND 5"
        " AND COALESCE(score_manner, 0) BETWEEN 0 AND 5"
        " AND COALESCE(score_result, 0) BETWEEN 0 AND 5)",
        "Scores go from 1 to 5.",
    )

    # -- results from a table -------------------------------------------------------------

    _table_columns = {
        "number": ("工单编号", "Case Number"),
        "result": ("访问结果", "Result of Asking"),
        "score": ("总体满意度", "Satisfied"),
        "score_speed": ("办理速度", "Speed"),
        "score_manner": ("服务态度", "Manner"),
        "score_result": ("处理结果", "Result"),
        "words": ("客户原话", "Words"),
    }
    _table_example = ("TS202611-00042", "已答", "5", "4", "5", "4", "师傅很快就来了")

    @api.model
    def _readonly_message(self):
        return self.env._("The sample is drawn by the system, and its results are read in.")

    @api.model
    def _take_row(self, told):
        """Import an answer, as :meth:`water.account._take_row`.

        :raises ValidationError: if the case was not drawn, or for an invalid answer
        """
        line = self._table_line(told.get("number"))
        values = self._table_values(told)
        fresh = {name: value for name, value in values.items() if line[name] != value}
        if not fresh:
            return "unchanged", ""
        was = "changed" if line.result else "created"
        line._read_in(fresh)
        labels = [self._fields[name]._description_string(self.env) for name in fresh]
        return was, ", ".join(labels)

    def _read_in(self, values):
        """Store the answer; earlier ones stay in the log."""
        # sudo: water.satisfaction.survey.line - the wizard checks who may import
        line = self.sudo()
        if line.result:
            values = {**values, "former": [*(line.former or []), line._as_read()]}
        read = {"read_at": fields.Datetime.now(), "read_by_id": self.env.uid}
        trusted(line).write({**values, **read})

    def _as_read(self):
        facts = {name: self[name] for name in ("result", *SCORES, "words")}
        at = fields.Datetime.to_string(self.read_at) or ""
        return {**facts, "at": at, "by": self.read_by_id.id or 0}

    @api.depends("former")
    @api.depends_context("lang", "tz")
    def _compute_former_text(self):
        for line in self:
            # sudo: water.satisfaction.survey.line - of a row that the reader sees
            rows = line.sudo().former or []
            line.former_text = "\n".join(line._former_line(row) for row in rows)

    def _former_line(self, row):
        """One earlier reading: when, by whom, what."""
        labels = dict(self._fields["result"]._description_selection(self.env))
        at = moment_text(
            self.env, fields.Datetime.to_datetime(row["at"] or False), str(self.env.tz)
        )
        # sudo: res.users - the name of who read it in
        by = self.env["res.users"].sudo().browse(row["by"]).name if row["by"] else ""
        scores = "/".join(str(row[name]) for name in SCORES if row[name])
        parts = (at, by, labels.get(row["result"]), scores, row["words"])
        return " · ".join(part for part in parts if part)

    @api.model
    def _table_line(self, number):
        if not number:
            raise ValidationError(self.env._("The case number is missing."))
        here = [("number", "=", number), ("company_id", "=", self.env.company.id)]
        lines = self.search(here, order="id desc")
        line = lines.filtered(lambda row: row.survey_id.state == "drawn")[:1]
        lock_rows(line.survey_id)  # not counted meanwhile
        if not lines:
            raise ValidationError(self.env._("%s was not drawn.", number))
        if not line:
            raise UserError(self.env._("The survey of %s is counted already.", number))
        return line

    @api.model
    def _table_values(self, told):
        result = TOLD.get((told.get("result") or "").strip().lower())
        if not result:
            raise ValidationError(
                self.env._("Unknown result of asking: %s", told.get("result") or "–")
            )
        if result != "answered":
            return {"result": result, **dict.fromkeys(SCORES, 0), "words": False}
        scores = {name: self._table_score(told.get(name)) for name in SCORES}
        if not scores["score"]:
            raise ValidationError(self.env._("An answered item needs a score from 1 to 5."))
        return {"result": result, **scores, "words": told.get("words") or False}

    @api.model
    def _table_score(self, text):
        if not text:
            return 0
        if text not in ("1", "2", "3", "4", "5"):
            raise ValidationError(self.env._("A score goes from 1 to 5, not: %s", text))
        return int(text)

    # -- satisfaction survey result ------------------------------------------------------------

    def _table_row(self):
        """Return one customer for the third party, with the category alone."""
        # sudo: case - the customer of a case that the reader sees in the sample
        case = next(self.sudo()[link] for link in LINKS if self.sudo()[link])
        partner = case.partner_id
        label = dict(self._fields["result"]._description_selection(self.env)).get(self.result, "")
        phone = partner.phone or partner.email or ""
        matter = self.category_id.name or ""
        return [self.place, self.number, partner.name or "", phone, matter, label]
