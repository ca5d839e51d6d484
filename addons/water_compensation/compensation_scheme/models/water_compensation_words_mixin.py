from datetime import datetime

from odoo import api, models
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.moments import moment_text

#: Facts that a calculation may lack.
FACTS = {
    "basic": "monthly_basic_fee",
    "usage": "monthly_usage_fee",
    "annual_water": "annual_water_bill",
    "annual_sewerage": "annual_sewerage_charge",
}


class WaterCompensationWordsMixin(models.AbstractModel):
    """Tells the steps of a calculation in the reader's language, in whole sentences."""

    _name = "water.compensation.words.mixin"
    _description = "Explains a Calculation"

    @api.model
    def _tell_steps(self, steps, currency, company):
        """The steps as text, one sentence a line.

        :param steps: ``(code, {name: text})`` as the calculation gives them
        :param currency: res.currency of the amounts
        :param company: res.company, in whose time zone moments are told
        """
        zone = company.sudo()._water_calendar().tz
        return "\n".join(
            getattr(self, f"_step_{code}")(self._spoken(values, currency, zone))
            for code, values in steps
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

    # -- one sentence a step --------------------------------------------------------------------

    def _step_exempt(self, v):
        codes = v["codes"].split(", ")
        # sudo: water.compensation.exemption.code - names of what has been decided
        rows = self.env["water.compensation.exemption.code"].sudo()
        rows = rows.with_context(active_test=False).search([("code", "in", codes)])
        names = ", ".join(rows.mapped("name")) or v["codes"]
        return self.env._("Nothing is owed, by exemption: %(names)s.", names=names)

    def _step_missing(self, v):
        labels = [self._fact_label(name) for name in v["facts"].split(", ")]
        return self.env._("The amount cannot be worked out yet. Missing: %(facts)s.", facts=labels)

    @api.model
    def _fact_label(self, name):
        """What a missing fact is called where it has to be entered."""
        if name in FACTS:
            return self.env["water.account"]._fields[FACTS[name]]._description_string(self.env)
        labels = {
            "rate": self.env._("the exchange rate of the scheme, in the settings"),
            "claimed": self.env._("the amount claimed"),
            "usual": self.env._("volumes of normal use"),
            "billed": self.env._("the billed volume"),
            "water_price": self.env._("the price of water"),
            "waste_price": self.env._("the price of waste water"),
        }
        return labels.get(name, name)

    def _step_span(self, v):
        return self.env._("From %(begin)s to %(end)s: %(minutes)s.", **v)

    def _step_suspended(self, v):
        return self.env._("Of this, %(minutes)s do not count, by exemption.", **v)

    def _step_in_time(self, v):
        return self.env._("Within the %(minutes)s allowed: nothing is owed.", **v)

    def _step_late(self, v):
        return self.env._("Allowed are %(allowed)s; beyond that: %(minutes)s.", **v)

    def _step_first(self, v):
        return self.env._("For the failure: %(amount)s.", **v)

    def _step_further(self, v):
        periods = self.env._(
            "Whole further periods of %(hours)s h: %(periods)s, each %(each)s: %(amount)s.", **v
        )
        since = self._further_since(v.get("since"), v.get("after", "0"))
        return "\n".join(filter(None, (since, periods)))

    def _further_since(self, since, after):
        """From where further periods were counted; nothing in calculations that did not keep it."""
        if since == "begin" and after != "0":
            return self.env._(
                "Further periods count from %(hours)s h after the beginning.", hours=after
            )
        if since == "begin":
            return self.env._("Further periods count from the beginning.")
        if since == "limit" and after != "0":
            return self.env._(
                "Further periods count from %(hours)s h after the limit.", hours=after
            )
        return self.env._("Further periods count from the limit.") if since else ""

    def _step_notice(self, v):
        return self.env._("Announced %(minutes)s ahead; promised are %(hours)s h.", **v)

    def _step_short(self, v):
        return self.env._("Planned for %(minutes)s only: no announcement was promised.", **v)

    def _step_occasions(self, v):
        return self.env._(
            "%(count)s occasions within %(days)s days, the shortest of %(minutes)s.", **v
        )

    def _step_lenient(self, v):
        return self.env._("Counted as %(hours)s h for everybody, by decision.", **v)

    def _step_basic(self, v):
        return self.env._(
            "Basic fee of %(month)s a month, for %(days)s whole days: %(amount)s.", **v
        )

    def _step_usage(self, v):
        return self.env._(
            "Usage fee of %(month)s a month, for %(days)s whole days: %(amount)s.", **v
        )

    def _step_share(self, v):
        return self.env._("%(percent)s%% of the yearly charge of %(charge)s.", **v)

    def _step_at_least(self, v):
        return self.env._("At least: %(amount)s.", **v)

    def _step_claimed(self, v):
        return self.env._("Claimed with evidence: %(amount)s.", **v)

    def _step_leak_normal(self, v):
        return self.env._("Normal use, mean of %(count)s periods: %(volume)s m³.", **v)

    def _step_leak_volume(self, v):
        return self.env._("Leaked, above normal use: %(volume)s m³.", **v)

    def _step_leak_water(self, v):
        return self.env._(
            "Water: %(volume)s m³ at %(price)s, of which %(percent)s%%: %(amount)s.", **v
        )

    def _step_leak_waste(self, v):
        return self.env._(
            "Waste water: %(volume)s m³ at %(price)s, of which %(percent)s%%: %(amount)s.", **v
        )

    def _step_meter_true(self, v):
        return self.env._(
            "Billed %(billed)s m³ by a meter that counts %(percent)s%% too much: in truth"
            " %(volume)s m³.",
            **v,
        )

    def _step_meter_over(self, v):
        return self.env._("Counted too much: %(volume)s m³.", **v)

    def _step_meter_given(self, v):
        return self.env._("Of this, credited already as leaked water: %(amount)s.", **v)

    def _step_meter_water(self, v):
        return self.env._("Water: %(volume)s m³ at %(price)s: %(amount)s.", **v)

    def _step_meter_waste(self, v):
        return self.env._("Waste water: %(volume)s m³ at %(price)s: %(amount)s.", **v)

    def _step_meter_fee(self, v):
        return self.env._("Fee of the test, which the customer had paid: %(amount)s.", **v)

    def _step_rate(self, v):
        return self.env._("Amounts in %(currency)s, counted at %(rate)s.", **v)

    def _step_rounded(self, v):
        return self.env._("Rounded to %(amount)s.", **v)

    def _step_cap_event(self, v):
        return self.env._("At most per event: %(amount)s.", **v)

    def _step_cap_bill(self, v):
        return self.env._("At most a year's water bill: %(amount)s.", **v)

    def _step_cap_bill_unknown(self, v):
        return self.env._(
            "At most a year's water bill: cap not applied, the bill is unknown. Enter the year's"
            " water bill at the account, then work it out again."
        )

    def _step_before(self, v):
        return self.env._(
            "Of this, %(incident)s pays for the same interruption already: %(amount)s.", **v
        )

    def _step_cap_year(self, v):
        return self.env._("Left of what is paid at most per year: %(amount)s.", **v)

    def _step_cap_count(self, v):
        return self.env._("It has been paid %(count)s times this year, which is the most.", **v)

    def _step_total(self, v):
        return self.env._("Owed: %(amount)s.", **v)

    def _step_pay(self, v):
        texts = {
            "failure": self.env._(
                "Payable by %(by)s: %(days)s working days from the failure on %(begin)s.", **v
            ),
            "end": self.env._(
                "Payable by %(by)s: %(days)s working days from the end of the failure on"
                " %(begin)s.",
                **v,
            ),
            "decision": self.env._(
                "Payable by %(by)s: %(days)s working days from the decision on %(begin)s.", **v
            ),
        }
        lines = [texts[v["on"]]]
        if v["law"]:
            lines.append(self.env._("Source: %(law)s.", **v))
        if v["provisional"]:
            lines.append(
                self.env._(
                    "This day is provisional: the holidays of that year are not announced yet."
                )
            )
        return "\n".join(lines)
