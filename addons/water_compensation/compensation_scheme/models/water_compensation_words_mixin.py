from datetime import datetime

from odoo import api, models
from odoo.tools import LazyTranslate, formatLang

from odoo.addons.water_service_desk.base.moments import moment_text

_lt = LazyTranslate(__name__)

#: Facts of the account that a calculation may lack.
FACTS = {
    "basic": "monthly_basic_fee",
    "usage": "monthly_usage_fee",
    "annual_water": "annual_water_bill",
    "annual_sewerage": "annual_sewerage_charge",
}
#: The sentence of each step of a calculation, by its code.
STEPS = {
    "span": _lt("From %(begin)s to %(end)s: %(minutes)s."),
    "suspended": _lt("Of this, %(minutes)s do not count, by exemption."),
    "in_time": _lt("Within the %(minutes)s allowed: no compensation."),
    "late": _lt("Allowed are %(allowed)s; beyond that: %(minutes)s."),
    "first": _lt("For the failure: %(amount)s."),
    "notice": _lt("Announced %(minutes)s ahead; promised are %(hours)s h."),
    "short": _lt("Planned for %(minutes)s only: no announcement was promised."),
    "occasions": _lt("%(count)s occasions within %(days)s days, the shortest of %(minutes)s."),
    "lenient": _lt("Counted as %(hours)s h for all customers, by decision."),
    "basic": _lt("Basic fee of %(month)s a month, for %(days)s whole days: %(amount)s."),
    "usage": _lt("Usage fee of %(month)s a month, for %(days)s whole days: %(amount)s."),
    "share": _lt("%(percent)s%% of the yearly charge of %(charge)s."),
    "at_least": _lt("At least: %(amount)s."),
    "claimed": _lt("Claimed with evidence: %(amount)s."),
    "leak_normal": _lt("Normal use, mean of %(count)s periods: %(volume)s m³."),
    "leak_volume": _lt("Leaked, above normal use: %(volume)s m³."),
    "leak_water": _lt("Water: %(volume)s m³ at %(price)s, of which %(percent)s%%: %(amount)s."),
    "leak_waste": _lt(
        "Waste water: %(volume)s m³ at %(price)s, of which %(percent)s%%: %(amount)s."
    ),
    "meter_true": _lt(
        "Billed %(billed)s m³ by a meter that counts %(percent)s%% too much: in truth"
        " %(volume)s m³."
    ),
    "meter_over": _lt("Counted too much: %(volume)s m³."),
    "meter_water": _lt("Water: %(volume)s m³ at %(price)s: %(amount)s."),
    "meter_waste": _lt("Waste water: %(volume)s m³ at %(price)s: %(amount)s."),
    "meter_fee": _lt("Fee of the test, which the customer had paid: %(amount)s."),
    "rate": _lt("Amounts in %(currency)s, counted at %(rate)s."),
    "rounded": _lt("Rounded to %(amount)s."),
    "cap_event": _lt("At most per event: %(amount)s."),
    "cap_bill": _lt("At most a year's water bill: %(amount)s."),
    "cap_bill_unknown": _lt(
        "At most a year's water bill: cap not applied, the bill is unknown. Enter the year's"
        " water bill at the account, then work it out again."
    ),
    "before": _lt("Of this, %(incident)s pays for the same interruption already: %(amount)s."),
    "cap_year": _lt("Left of what is paid at most per year: %(amount)s."),
    "cap_count": _lt("It has been paid %(count)s times this year, which is the most."),
    "total": _lt("Owed: %(amount)s."),
}
#: start of further periods, and hours until they count; older calculations do not contain it
FURTHER_SINCE = {
    "begin": _lt("Further periods count from the beginning."),
    "begin later": _lt("Further periods count from %(hours)s h after the beginning."),
    "limit": _lt("Further periods count from the limit."),
    "limit later": _lt("Further periods count from %(hours)s h after the limit."),
}
FURTHER = _lt("Whole further periods of %(hours)s h: %(periods)s, each %(each)s: %(amount)s.")
#: the payment period, by what its days count from
PAY = {
    "failure": _lt("Payable by %(by)s: %(days)s working days from the failure on %(begin)s."),
    "end": _lt(
        "Payable by %(by)s: %(days)s working days from the end of the failure on %(begin)s."
    ),
    "decision": _lt("Payable by %(by)s: %(days)s working days from the decision on %(begin)s."),
}
#: Facts that are entered elsewhere than at the account.
LABELS = {
    "rate": _lt("the exchange rate of the scheme, in the settings"),
    "claimed": _lt("the amount claimed"),
    "usual": _lt("times the normal use"),
    "billed": _lt("the billed volume"),
    "water_price": _lt("the price of water"),
    "waste_price": _lt("the price of waste water"),
}


class WaterCompensationWordsMixin(models.AbstractModel):
    """Tells the steps of a calculation in the reader's language, in whole sentences."""

    _name = "water.compensation.words.mixin"
    _description = "Explains a Calculation"

    @api.model
    def _tell_steps(self, steps, currency, company):
        """Return the steps as text, one sentence a line.

        :param steps: ``(code, {name: text})`` as the calculation gives them
        :param currency: res.currency of the amounts
        :param company: res.company whose time zone is used
        """
        zone = company.sudo()._water_calendar().tz
        return "\n".join(
            self._tell_step(code, self._spoken(values, currency, zone)) for code, values in steps
        )

    @api.model
    def _spoken(self, values, currency, zone):
        """Amounts, moments and spans as people read them."""
        money = ("amount", "each", "month", "charge")
        spoken = dict(values)
        for name, value in values.items():
            if name in money or (name == "price" and value):
                digits = max(currency.decimal_places, len(value.partition(".")[2]))
                text = formatLang(self.env, float(value), digits=digits)
                spoken[name] = f"{currency.symbol or currency.name}{text}"
            elif name in ("begin", "end"):
                moment = datetime.fromisoformat(value)
                spoken[name] = moment_text(self.env, moment, zone)
            elif name in ("minutes", "allowed"):
                spoken[name] = self._span(int(value))
        return spoken

    @api.model
    def _span(self, minutes):
        hours, rest = divmod(minutes, 60)
        if not rest:
            return self.env._("%(hours)s h", hours=hours)
        return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)

    @api.model
    def _tell_step(self, code, values):
        if code in STEPS:
            sentence = self.env._(STEPS[code])
            return sentence % values
        return getattr(self, f"_tell_{code}")(values)

    def _tell_exempt(self, values):
        codes = values["codes"].split(", ")
        # sudo: water.compensation.exemption.code - names of decided exemptions
        rows = self.env["water.compensation.exemption.code"].sudo()
        rows = rows.with_context(active_test=False).search([("code", "in", codes)])
        names = ", ".join(rows.mapped("name")) or values["codes"]
        return self.env._("No compensation, by exemption: %(names)s.", names=names)

    def _tell_missing(self, values):
        labels = [self._fact_label(name) for name in values["facts"].split(", ")]
        return self.env._("The amount cannot be worked out yet. Missing: %(facts)s.", facts=labels)

    @api.model
    def _fact_label(self, name):
        if name in FACTS:
            return self.env["water.account"]._fields[FACTS[name]]._description_string(self.env)
        return self.env._(LABELS[name]) if name in LABELS else name

    def _tell_further(self, values):
        after = values.get("after", "0")
        start = str(values.get("since")) + (" later" if after != "0" else "")
        since = FURTHER_SINCE.get(start)
        begin = self.env._(since) if since else ""
        lines = [begin % {"hours": after}] if since else []
        sentence = self.env._(FURTHER)
        return "\n".join([*lines, sentence % values])

    def _tell_pay(self, values):
        text = PAY[values["on"]]
        sentence = self.env._(text)
        lines = [sentence % values]
        if values["law"]:
            lines.append(self.env._("Source: %(law)s.", law=values["law"]))
        if values["provisional"]:
            lines.append(
                self.env._(
                    "This day is provisional: the holidays of that year are not announced yet."
                )
            )
        return "\n".join(lines)
