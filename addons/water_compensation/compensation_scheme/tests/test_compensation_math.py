from datetime import datetime, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.base.tests.examples import given, settings, st

from ..compensation import calculate, canonical
from ..spans import joined, longest_stretch, merged, overlap, pairs

START = datetime(2026, 3, 11, 11, 20)

#: GSS supply rules: new and old, household.
NEW = {"first": "50", "further": "50", "further_hours": "12"}
OLD = {"first": "20", "further": "10", "further_hours": "24"}
BUSINESS = {"first": "100", "further": "100", "further_hours": "12"}
WALES = {"further": "30", "further_hours": "12", "further_from": "begin"}
NOTICE = {"first": "40", "further": "20", "further_hours": "24", "inclusive": True}
TAIWAN = {"method": "bill_days", "month_days": 30, "usage_hours": "72", "usage_total_hours": "144"}
#: 34 m³ a month, NT$: basic 34, usage 300
BILL = {"basic": "34", "usage": "300"}


def at(hours):
    """Text of the moment ``hours`` after the start."""
    return (START + timedelta(hours=float(hours))).isoformat()


def inputs(terms, hours, limit=12, **more):
    """Inputs of a failure of ``hours``, of which ``limit`` are allowed."""
    rule = {"method": "fixed", "further_from": "limit", "digits": 2, **terms}
    spans = {"begin": at(0), "limit": at(limit), "end": at(hours)}
    return {"rule": rule, "rate": "1", **spans, **more}


def owed(*args, **kwargs):
    """The amount alone."""
    return calculate(inputs(*args, **kwargs)).amount


def codes(outcome):
    return {code for code, __ in outcome.steps}


@tagged("post_install", "-at_install")
class TestCompensationMath(BaseCase):
    """The worked figures of domain.md section 4, and what holds for every figure."""

    def test_sixty_hours_without_water(self):
        """2.5 days, 12 h allowed: £50 + 4 × £50; by the old scheme £20 + 2 × £10."""
        self.assertEqual(owed(NEW, 60), 250)
        self.assertEqual(owed(OLD, 60), 40)
        self.assertEqual(owed(BUSINESS, 60), 500)

    def test_thirty_hours_and_a_quarter(self):
        self.assertEqual(owed(NEW, 30.25), 100)
        self.assertEqual(owed(BUSINESS, 30.25), 200)
        self.assertEqual(owed(NEW, 30.25, limit=48), 0)

    def test_longest_stretch_between_pauses(self):
        """To the second; nothing if a pause covers it all."""
        end = START + timedelta(hours=3)
        middle = (START + timedelta(hours=1), START + timedelta(hours=2, seconds=1))
        self.assertEqual(longest_stretch(START, end, []), 10800)
        self.assertEqual(longest_stretch(START, end, [middle]), 3600)
        self.assertEqual(longest_stretch(START, end, [(START, end)]), 0)
        beyond = (START - timedelta(hours=1), end + timedelta(hours=1))
        self.assertEqual(longest_stretch(START, end, [beyond]), 0)

    def test_whole_periods_only(self):
        """To the second: the limit itself is kept, a period less a second is none."""
        second = 1 / 3600
        self.assertEqual(owed(NEW, 12), 0)
        self.assertEqual(owed(NEW, 12 + second), 50)
        self.assertEqual(owed(NEW, 24 - second), 50)
        self.assertEqual(owed(NEW, 24), 100)

    def test_wales_counts_from_the_tap_going_dry(self):
        """£30 per full 12 h. The source gives 23 h → £30, 25 h → £60, 36 h → £90.

        Floor: 23 ÷ 12 = 1, 25 ÷ 12 = 2, 36 ÷ 12 = 3 whole periods: the source's own arithmetic,
        which rounding up (2, 3, 3) or to the nearest (2, 2, 3) does not give.
        """
        for hours, amount in ((11.9, 0), (12, 30), (23, 30), (25, 60), (36, 90)):
            self.assertEqual(owed(WALES, hours, limit=0), amount, hours)

    def test_bramley(self):
        """£220 = £40 + 9 × £20: 264 h of notice, further days from the 48th hour on."""
        self.assertEqual(owed(NOTICE, 264, limit=48), 220)
        self.assertEqual(owed(NOTICE, 48, limit=48), 40)
        self.assertEqual(owed(NOTICE, 47.9, limit=48), 0)
        # the parameter of the ambiguity: counted from the beginning, a day later, or two
        for after, amount in ((0, 260), (24, 240), (48, 220)):
            terms = {**NOTICE, "further_from": "begin", "further_after": str(after)}
            self.assertEqual(owed(terms, 264, limit=48), amount)

    def test_a_years_water_bill_is_the_cap(self):
        terms = {**NOTICE, "cap_bill": True}
        self.assertEqual(owed(terms, 264, limit=48, bill={"annual_water": "180"}), 180)
        self.assertEqual(owed(terms, 264, limit=48, bill={}), 220)

    def test_taiwan(self):
        """Above 24 h the basic fee by days, above 72 h the usage as well (art. 32)."""
        for hours, amount in ((24, "0"), (30, "1.13"), (50, "2.27"), (72, "3.40")):
            self.assertEqual(owed(TAIWAN, hours, 24, bill=BILL), Decimal(amount), hours)
        self.assertEqual(owed(TAIWAN, 80, 24, bill=BILL), Decimal("33.40"))

    def test_tamsui(self):
        """More than three days, counted as four for all customers."""
        amount = owed(TAIWAN, 80, 24, bill=BILL, counted_hours=96)
        self.assertEqual(amount, Decimal("44.53"))

    def test_taiwan_six_days_in_parts(self):
        """Water came back in between: no part beyond 72 h, but more than six days in all."""
        pauses = [[at(60), at(62), "supplied"], [at(122), at(124), "supplied"]]
        self.assertEqual(owed(TAIWAN, 128, 24, bill=BILL, pauses=pauses), Decimal("5.67"))
        pauses.append([at(180), at(182), "supplied"])
        self.assertEqual(owed(TAIWAN, 158, 24, bill=BILL, pauses=pauses), Decimal("66.80"))

    def test_taiwan_to_the_second(self):
        """Six whole days in parts are not more than six days: 34 × 6 ÷ 30, and no usage."""
        pauses = [[at(60), at(62), "supplied"], [at(122), at(124), "supplied"]]
        self.assertEqual(owed(TAIWAN, 148, 24, bill=BILL, pauses=pauses), Decimal("6.80"))
        more = owed(TAIWAN, 148 + 1 / 3600, 24, bill=BILL, pauses=pauses)
        self.assertEqual(more, Decimal("66.80"))

    def test_lenient_hours(self):
        """They count where they are more than there were, and there were any."""
        for hours, amount, is_told in ((95, "44.53", True), (96, "44.53", False)):
            outcome = calculate(inputs(TAIWAN, hours, 24, bill=BILL, counted_hours=96))
            self.assertEqual(outcome.amount, Decimal(amount))
            self.assertEqual("lenient" in codes(outcome), is_told)
        pauses = [[at(0), at(80), "supplied"]]
        none = owed(TAIWAN, 80, 24, bill=BILL, counted_hours=96, pauses=pauses)
        self.assertEqual(none, 0)
        second = owed(TAIWAN, 1 / 3600, 24, bill=BILL, counted_hours=96)
        self.assertEqual(second, Decimal("44.53"))
        self.assertEqual(owed(TAIWAN, 0.5, 24, bill=BILL), 0)  # without the company's minimum

    def test_missing_bill_is_asked_for(self):
        outcome = calculate(inputs(TAIWAN, 80, 24, bill={"basic": "34"}))
        self.assertEqual((outcome.amount, outcome.missing), (0, ("usage",)))

    def test_share_of_the_sewerage_charge(self):
        terms = {"method": "share", "share_of": "annual_sewerage", "share": "100"}
        terms |= {"at_least": "300", "cap_event": "2000"}
        for charge, amount in (("120", 300), ("480.5", Decimal("480.50")), ("9000", 2000)):
            bill = {"annual_sewerage": charge}
            self.assertEqual(owed(terms, 1, bill=bill), amount)

    def test_no_change_is_not_told(self):
        """A least amount or a cap that equals the amount owed."""
        terms = {"method": "share", "share_of": "annual_sewerage", "share": "100"}
        for least, cap, told in (
            *(("300", "300", set()), ("300.01", "0", {"at_least"})),
            ("0", "299.99", {"cap_event"}),
        ):
            rule = {**terms, "at_least": least, "cap_event": cap}
            outcome = calculate(inputs(rule, 1, bill={"annual_sewerage": "300"}))
            self.assertEqual(codes(outcome) & {"at_least", "cap_event"}, told)

    def test_occasions(self):
        """Each longer than an hour, the first and the last no more than 28 days apart."""
        terms = {"first": "25", "occasion_days": 28, "occasion_hours": "1"}
        second, days = 1 / 3600, 28 * 24
        for first, last, amount in (
            ((0, 1 + second), (days, days + 2), 25),
            ((0, 1), (days, days + 2), 0),
            ((0, 2), (days + second, days + 2), 0),
        ):
            occasions = [[at(begin), at(end)] for begin, end in (last, first)]
            self.assertEqual(owed(terms, 20, occasions=occasions), amount)
        told = dict(calculate(inputs(terms, 20, occasions=[[at(0), at(1.1)]])).steps)
        self.assertEqual(told["occasions"], {"count": "1", "days": "28", "minutes": "66"})

    def test_announced_too_late(self):
        terms = {"first": "50", "notice_hours": "48", "planned_hours": "4"}

        def told(given, hours):
            notice = {"begin": at(0), "end": at(hours), "given": given}
            rule = {"method": "fixed", "digits": 2, **terms}
            outcome = calculate({"rule": rule, "rate": "1", "notice": notice})
            steps.update(outcome.steps)
            return outcome.amount

        steps = {}

        self.assertEqual(told(at(-48), 6), 0)
        self.assertEqual(told(at(-47.9), 6), 50)
        self.assertEqual(steps["notice"], {"minutes": "2874", "hours": "48"})
        self.assertEqual(told("", 6), 50)
        self.assertEqual(steps["notice"]["minutes"], "0")
        self.assertEqual(told("", 4), 0)  # four hours need no announcement
        self.assertEqual(steps["short"], {"minutes": "240"})

    def test_pairs_of_occasions(self):
        day = lambda n: datetime(2026, 3, n)  # noqa: E731
        self.assertEqual(len(pairs([(day(1), 1), (day(29), 2)], 28)), 1)
        self.assertEqual(pairs([(day(1), 1), (day(30), 2)], 28), [])
        three = [(day(20), 3), (day(1), 1), (day(10), 2)]
        self.assertEqual(pairs(three, 28), [((day(1), 1), (day(10), 2))])
        self.assertEqual(len(pairs([*three, (day(25), 4)], 28)), 2)

    def test_leak(self):
        """96 m³ billed, 21 normal: 75 leaked, half of the water and all of the waste water."""
        rule = {"method": "leak", "digits": 2, "share": "50", "waste_share": "100"}
        leak = {"usual": ["20", "22", "21"], "billed": "96"}
        leak |= {"water_price": "3.45", "waste_price": "1.4"}
        data = {"rule": rule, "rate": "1", "leak": leak}
        self.assertEqual(calculate(data).amount, Decimal("234.38"))  # 129.375 + 105
        leak["billed"] = "20"
        self.assertEqual(calculate(data).amount, 0)

    def test_caps_per_year(self):
        terms = {"first": "50", "cap_count": 5, "cap_year": "250"}
        self.assertEqual(owed(terms, 20, year_count=4, year_paid="200"), 50)
        self.assertEqual(owed(terms, 20, year_count=4, year_paid="230"), 20)
        self.assertEqual(owed(terms, 20, year_count=5, year_paid="250"), 0)

    def test_void_and_suspended(self):
        self.assertEqual(owed(NEW, 60, exempt=["drought"]), 0)
        storm = [[at(10), at(34), "severe_weather"]]
        self.assertEqual(owed(NEW, 60, pauses=storm), 150)  # 36 h count, 24 h late
        self.assertEqual(owed(NEW, 60, pauses=storm * 2), 150)  # the same span is one span

    def test_rate_and_rounding(self):
        outcome = calculate({**inputs(NEW, 30.25), "rate": "9.135"})
        self.assertEqual(outcome.amount, Decimal("913.50"))
        self.assertIn("rate", [step[0] for step in outcome.steps])
        same = calculate(inputs(NEW, 30.25)).steps  # no rate without a conversion
        self.assertNotIn("rate", [step[0] for step in same])
        self.assertEqual(calculate({**inputs(NEW, 30), "rate": "0"}).missing, ("rate",))

    # -- what holds for every figure --------------------------------------------------------------

    hours = st.integers(0, 60 * 24 * 20).map(lambda minutes: minutes / 60)
    terms = st.fixed_dictionaries(
        {
            "first": st.integers(0, 500).map(str),
            "further": st.integers(0, 300).map(str),
            "further_hours": st.sampled_from(["1", "12", "24"]),
            "further_from": st.sampled_from(["limit", "begin"]),
            "further_after": st.sampled_from(["0", "24", "48"]),
            "cap_event": st.sampled_from(["0", "75", "400"]),
            "inclusive": st.booleans(),
        }
    )
    spans = st.lists(st.tuples(hours, hours).map(sorted), max_size=4)

    @settings(max_examples=300, deadline=None)
    @given(terms, hours, hours, st.integers(0, 72), spans)
    def test_never_negative_monotone_capped(self, terms, one, other, limit, spans):
        """More time never costs less, a suspended span never costs more, a cap is a cap."""
        short, long = sorted((one, other))
        pauses = [[at(first), at(last), "x"] for first, last in spans]
        less, more = (owed(terms, hours, limit, pauses=pauses) for hours in (short, long))
        self.assertGreaterEqual(less, 0)
        self.assertLessEqual(less, more)
        self.assertLessEqual(more, owed(terms, long, limit))
        cap = Decimal(terms["cap_event"])
        if cap:
            self.assertLessEqual(more, cap)

    @settings(max_examples=200, deadline=None)
    @given(terms, hours, st.integers(0, 72))
    def test_whole_periods_for_every_figure(self, terms, hours, limit):
        """Without a cap the rest beyond the first amount is a whole number of further amounts."""
        amount = owed({**terms, "cap_event": "0"}, hours, limit)
        further = Decimal(terms["further"])
        rest = amount - Decimal(terms["first"])
        if amount and further:
            self.assertEqual(rest % further, 0)

    @settings(max_examples=100, deadline=None)
    @given(terms, hours, spans)
    def test_the_same_inputs_give_the_same_bytes(self, terms, hours, spans):
        pauses = [[at(first), at(last), "x"] for first, last in spans]
        data = inputs(terms, hours, pauses=pauses)
        first, again = calculate(data), calculate(data)
        self.assertEqual(canonical(first.steps), canonical(again.steps))

    @settings(max_examples=200, deadline=None)
    @given(spans, hours)
    def test_overlap_is_counted_once(self, spans, hours):
        moments = [
            (START + timedelta(hours=first), START + timedelta(hours=last)) for first, last in spans
        ]
        end = START + timedelta(hours=hours)
        minutes = {
            minute
            for first, last in moments
            for minute in range(
                round((first - START).total_seconds() / 60),
                round((min(last, end) - START).total_seconds() / 60),
            )
        }
        self.assertEqual(overlap(START, end, moments) // 60, len(minutes))

    # -- spells in each other's time ---------------------------------------------------------------

    def test_equivalent_span(self):
        """Overlapping spans, directly or through others; touching ones do not count."""
        others = {"before": (0, 4), "at": (3, 8), "after": (10, 12), "edge": (1, 3)}
        self.assertEqual(joined((6, 10), others), (0, {"before", "at", "edge"}))
        self.assertEqual(joined((8, 10), others), (8, set()))

    def test_spells_are_merged(self):
        """Oldest first; of each the keys by their ends."""
        spells = [(10, 12, "d"), (0, 6, "a"), (1, 3, "b"), (5, 8, "c"), (8, 9, "e")]
        self.assertEqual(
            merged(spells),
            [(0, 8, ["b", "a", "c"]), (8, 9, ["e"]), (10, 12, ["d"])],
        )

    def test_earlier_payments(self):
        """Subtracted from the total after the cap of the event, never below 0."""
        self.assertEqual(owed(NEW, 60, before=[["SJ-1", "100"]]), 150)
        self.assertEqual(owed(NEW, 60, before=[["SJ-1", "100"], ["SJ-2", "200"]]), 0)
        capped = {**NEW, "cap_event": "200"}
        self.assertEqual(owed(capped, 60, before=[["SJ-1", "150"]]), 50)
