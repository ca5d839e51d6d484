"""The arithmetic of compensation, free of the ORM (domain 4).

All data of a calculation is in ``inputs``, a mapping of JSON values that includes the terms of the
rule, so stored inputs give the same amount and steps again even if the rule has changed. Money and
volumes are Decimal throughout, times whole seconds.
"""

import json
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .spans import DAY, longest_stretch, overlap

ZERO = Decimal(0)


class Outcome(NamedTuple):
    """The result of a calculation.

    ``steps`` are ``(code, {name: text})`` in order, to be told in the reader's language;
    ``missing`` names the facts without which there is no amount yet.
    """

    amount: Decimal
    steps: tuple
    missing: tuple = ()


def canonical(data):
    """The one way to write ``data`` as JSON: equal data gives equal bytes."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(number):
    """A number as text without exponent or superfluous zeros.

    :param number: Decimal, int, float or text
    """
    value = Decimal(str(number or 0))
    return format(value.normalize() if value else ZERO, "f")


def _shown(number):
    """Return a figure for display; six digits are enough to follow the calculation."""
    return plain(number.quantize(Decimal("0.000001"), ROUND_HALF_UP))


def moment(value):
    """Return a naive UTC datetime as text, to the second; None stays None."""
    return value.replace(microsecond=0).isoformat() if value else ""


def instant(text):
    """Return the naive UTC datetime of a text by :func:`moment`; None stays None."""
    return datetime.fromisoformat(text) if text else None


def calculate(inputs):
    """Calculate the compensation of ``inputs``.

    :param inputs: ``rule`` (its terms), ``rate``, and what the rule's method needs: ``begin``,
        ``limit``, ``end`` (ISO, naive UTC), ``pauses``, ``exempt``, ``bill``, ``claimed``,
        ``leak``, ``meter``, ``before``, ``year_paid``, ``year_count``; ``pay`` is only shown
    :return: :class:`Outcome`
    """
    return _Calculation(inputs).run()


class _Calculation:
    """One calculation, step by step."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.rule = inputs["rule"]
        self.rate = Decimal(str(inputs.get("rate") or 0))
        self.cent = Decimal(1).scaleb(-int(self.rule.get("digits", 2)))
        self.steps, self.missing = [], [] if self.rate > 0 else ["rate"]

    def run(self):
        if self.inputs.get("exempt"):
            self._note("exempt", codes=", ".join(sorted(self.inputs["exempt"])))
            return Outcome(ZERO, tuple(self.steps))
        amount = getattr(self, f"_by_{self.rule['method']}")()
        if self.missing:
            self._note("missing", facts=", ".join(self.missing))
            return Outcome(ZERO, tuple(self.steps), tuple(self.missing))
        amount = self._capped(self._rounded(amount))
        self._note("total", amount=self._text(amount))
        if amount and self.inputs.get("pay"):
            self._note("pay", **self.inputs["pay"])
        return Outcome(amount, tuple(self.steps))

    # -- small helpers ------------------------------------------------------------------------

    def _note(self, code, **values):
        self.steps.append((code, values))

    def _number(self, name):
        return Decimal(str(self.rule.get(name) or 0))

    def _seconds(self, name):
        return int(self._number(name) * 3600)

    def _money(self, name):
        return self._number(name) * self.rate

    def _text(self, amount):
        shown = amount.quantize(self.cent, ROUND_HALF_UP)
        return format(shown, "f") if shown == amount else _shown(amount)

    def _fact(self, group, name):
        """Return a figure of the customer, noted as missing if it was not entered."""
        value = self.inputs.get(group, {}).get(name)
        if value in (None, ""):
            self.missing.append(name)
            return ZERO
        return max(Decimal(str(value)), ZERO)

    def _moment(self, name):
        return instant(self.inputs.get(name))

    def _pauses(self):
        return [
            (instant(first), instant(last)) for first, last, *__ in self.inputs.get("pauses", ())
        ]

    # -- time ---------------------------------------------------------------------------------

    def _elapsed(self):
        begin, end = self._moment("begin"), self._moment("end")
        whole = max(int((end - begin).total_seconds()), 0)
        self._note("span", begin=moment(begin), end=moment(end), minutes=str(whole // 60))
        paused = overlap(begin, end, self._pauses())
        if paused:
            self._note("suspended", minutes=str(paused // 60))
        return max(whole - paused, 0)

    def _late(self, elapsed):
        """Return the seconds beyond the limit; None if it was met."""
        limit = self._moment("limit") or self._moment("begin")
        allowed = int((limit - self._moment("begin")).total_seconds())
        late = elapsed - allowed
        kept = late < 0 if self.rule.get("inclusive") else late <= 0
        if kept:
            self._note("in_time", minutes=str(allowed // 60))
            return None
        self._note("late", allowed=str(allowed // 60), minutes=str(late // 60))
        return late

    # -- methods ------------------------------------------------------------------------------

    def _by_fixed(self):
        """A first amount, and one for each whole further period."""
        late = elapsed = 0
        if not (self._is_announced_late() and self._is_repeated()):
            return ZERO
        if self._moment("begin"):
            elapsed = self._elapsed()
            late = self._late(elapsed)
            if late is None:
                return ZERO
        self._rate_note()
        first = self._money("first")
        if first:
            self._note("first", amount=self._text(first))
        since = "begin" if self.rule.get("further_from") == "begin" else "limit"
        counted = elapsed if since == "begin" else late
        return first + self._further(counted - self._seconds("further_after"), since)

    def _is_announced_late(self):
        """Whether work was long enough to be announced, and was announced too late or never."""
        notice = self.inputs.get("notice")
        if notice is None:
            return True
        begin, end, given = (instant(notice.get(name)) for name in ("begin", "end", "given"))
        planned = int((end - begin).total_seconds()) if end else 0
        if end and planned <= self._seconds("planned_hours"):
            self._note("short", minutes=str(planned // 60))
            return False
        ahead = max(int((begin - given).total_seconds()), 0) if given else 0
        self._note("notice", minutes=str(ahead // 60), hours=plain(self.rule.get("notice_hours")))
        return ahead < self._seconds("notice_hours")

    def _is_repeated(self):
        """Whether all occasions were long enough, and near enough to each other."""
        spans = [
            (instant(first), instant(last)) for first, last, *__ in self.inputs.get("occasions", ())
        ]
        if not spans:
            return True
        days = int(self._number("occasion_days"))
        shortest = min(int((last - first).total_seconds()) for first, last in spans)
        self._note("occasions", count=str(len(spans)), days=str(days), minutes=str(shortest // 60))
        apart = max(first for first, __ in spans) - min(first for first, __ in spans)
        near = apart.total_seconds() <= days * DAY
        return near and shortest > self._seconds("occasion_hours")

    def _further(self, counted, since):
        """Return the amount for whole further periods, and from where they count.

        :param counted: seconds, from the limit or the beginning
        :param since: ``limit`` or ``begin``
        """
        period = self._seconds("further_hours")
        if not period:
            return ZERO
        periods = max(counted, 0) // period
        amount = self._money("further") * periods
        self._note(
            "further",
            since=since,
            after=plain(self.rule.get("further_after")),
            periods=str(periods),
            hours=plain(self.rule["further_hours"]),
            each=self._text(self._money("further")),
            amount=self._text(amount),
        )
        return amount

    def _by_bill_days(self):
        """A share of the month's fees for each whole day without water."""
        elapsed = self._elapsed()
        lenient = int(Decimal(str(self.inputs.get("counted_hours") or 0)) * 3600)
        if lenient > elapsed > 0:
            self._note("lenient", hours=plain(self.inputs["counted_hours"]))
            elapsed = lenient
        if self._late(elapsed) is None:
            return ZERO
        days = elapsed // DAY
        amount = self._fee("basic", days)
        if self._is_long(elapsed, lenient):
            amount += self._fee("usage", days)
        return amount

    def _is_long(self, elapsed, lenient):
        """Return whether the interruption was long enough to credit water use too."""
        stretch = longest_stretch(self._moment("begin"), self._moment("end"), self._pauses())
        total = self._seconds("usage_total_hours")
        return max(stretch, lenient) > self._seconds("usage_hours") or (total and elapsed > total)

    def _fee(self, name, days):
        month = self._fact("bill", name)
        amount = month * days / max(self._number("month_days"), Decimal(1))
        self._note(name, month=self._text(month), days=str(days), amount=self._text(amount))
        return amount

    def _by_share(self):
        """Return a percentage of a yearly charge, with a minimum."""
        self._rate_note()
        charge = self._fact("bill", self.rule["share_of"])
        amount = charge * self._number("share") / 100
        self._note("share", percent=plain(self.rule["share"]), charge=self._text(charge))
        least = self._money("at_least")
        if amount < least:
            self._note("at_least", amount=self._text(least))
        return max(amount, least)

    def _by_claim(self):
        amount = self._fact("claim", "claimed")
        self._note("claimed", amount=self._text(amount))
        return amount

    def _by_leak(self):
        """Return the amount for leaked water above normal use, waste water separately."""
        usual = self.inputs.get("leak", {}).get("usual") or []
        if not usual:
            self.missing.append("usual")
            return ZERO
        normal = sum((Decimal(str(volume)) for volume in usual), ZERO) / len(usual)
        leaked = max(self._fact("leak", "billed") - normal, ZERO)
        volume = leaked.quantize(Decimal("0.01"), ROUND_HALF_UP)
        self._note("leak_normal", count=str(len(usual)), volume=plain(round(normal, 2)))
        self._note("leak_volume", volume=plain(volume))
        water = self._leak_part("leak_water", volume, "water", "share")
        return water + self._leak_part("leak_waste", volume, "waste", "waste_share")

    def _by_meter(self):
        """Return the amount for overcounted water by the meter's test, without rounding in
        between.
        """
        billed = self._fact("meter", "billed")
        error = Decimal(str(self.inputs["meter"].get("error") or 0))
        true = billed / (1 + error / 100)
        self._note("meter_true", billed=plain(billed), percent=plain(error), volume=_shown(true))
        over = billed - true
        self._note("meter_over", volume=_shown(over))
        water = self._meter_part("water", over) + self._meter_part("waste", over)
        fee = Decimal(str(self.inputs["meter"].get("fee") or 0))
        if fee:
            self._note("meter_fee", amount=self._text(fee))
        return water + fee

    def _meter_part(self, kind, over):
        each = Decimal(str(self.inputs["meter"].get(f"{kind}_price") or 0))
        if not each:
            return ZERO
        amount = over * each
        shown = {"volume": _shown(over), "price": plain(each), "amount": self._text(amount)}
        self._note(f"meter_{kind}", **shown)
        return amount

    def _leak_part(self, code, volume, kind, share):
        percent = self._number(share)
        if not percent:
            return ZERO
        each = self._fact("leak", f"{kind}_price")
        amount = volume * each * percent / 100
        self._note(
            code,
            volume=plain(volume),
            price=plain(each),
            percent=plain(percent),
            amount=self._text(amount),
        )
        return amount

    # -- rate, rounding, caps -----------------------------------------------------------------

    def _rate_note(self):
        if self.rate != 1:
            self._note("rate", rate=plain(self.rate), currency=self.rule.get("currency", ""))

    def _rounded(self, amount):
        rounded = amount.quantize(self.cent, ROUND_HALF_UP)
        if rounded != amount:
            self._note("rounded", amount=self._text(rounded))
        return max(rounded, ZERO)

    def _capped(self, amount):
        """Never more than the caps per event and per year allow."""
        amount = self._cut(amount, "cap_event", self._money("cap_event"))
        if self.rule.get("cap_bill") and amount:
            bill = Decimal(str(self.inputs.get("bill", {}).get("annual_water") or 0))
            if bill:
                amount = self._cut(amount, "cap_bill", bill)
            else:  # not entered: an unknown bill does not reduce the customer's amount
                self._note("cap_bill_unknown")
        amount = self._less_owed_before(amount)
        paid = Decimal(str(self.inputs.get("year_paid") or 0))
        yearly = self._money("cap_year")
        if yearly:
            amount = self._cut(amount, "cap_year", max(yearly - paid, ZERO), binding=True)
        count = int(self._number("cap_count"))
        if count and int(self.inputs.get("year_count") or 0) >= count and amount:
            self._note("cap_count", count=str(count))
            return ZERO
        return amount

    def _less_owed_before(self, amount):
        """Subtract what another incident pays for the same interruption."""
        for number, owed in self.inputs.get("before", ()) if amount else ():
            self._note("before", incident=number, amount=self._text(Decimal(owed)))
            amount = max(amount - Decimal(owed), ZERO)
        return amount

    def _cut(self, amount, code, cap, binding=False):
        cap = cap.quantize(self.cent, ROUND_HALF_UP)
        if (not cap and not binding) or amount <= cap:
            return amount
        self._note(code, amount=self._text(cap))
        return cap
