from odoo.tests import BaseCase, tagged

from ...base.tests.examples import given, settings, st
from ..sharing import share_out

PEOPLE = ("a", "b", "c", "d")
#: a week: for each of seven days who is away, and how many cases come in
WEEK = st.lists(
    st.tuples(st.sets(st.sampled_from(PEOPLE), max_size=3), st.integers(0, 12)),
    min_size=7,
    max_size=7,
)


@tagged("post_install", "-at_install")
class TestSharing(BaseCase):
    """A week with absences: present people differ by at most one case."""

    @settings(max_examples=60)
    @given(WEEK, st.data())
    def test_fair_within_one(self, week, data):
        loads = dict.fromkeys(PEOPLE, 0)
        for away, number in week:
            there = {who: load for who, load in loads.items() if who not in away}
            shared = share_out([(index, PEOPLE) for index in range(number)], there)
            self.assertEqual(len(shared), number if there else 0)
            self.assertFalse(away & set(shared.values()))
            for who in shared.values():
                loads[who] += 1
            # people who got any today have at most one more than others present
            for who in set(shared.values()):
                least = min(loads[other] for other in there)
                self.assertLessEqual(loads[who] - least, 1)
            # in the evening everyone finishes some
            done = data.draw(st.integers(0, 3))
            loads = {who: max(0, load - done) for who, load in loads.items()}

    @settings(max_examples=60)
    @given(
        st.lists(st.sets(st.sampled_from(PEOPLE)), max_size=20),
        st.integers(0, 4),
    )
    def test_never_assigned_to_barred_person(self, able, most):
        """Barred people do not get a case; no one gets more than the maximum."""
        cases = list(enumerate(able))
        shared = share_out(cases, dict.fromkeys(PEOPLE[:3], 0), most)
        for case, who in shared.items():
            self.assertIn(who, able[case])
            self.assertNotEqual(who, "d")
        if most:
            counts = [list(shared.values()).count(who) for who in PEOPLE]
            self.assertLessEqual(max(counts), most)
        else:
            self.assertEqual(len(shared), sum(bool(people & set(PEOPLE[:3])) for people in able))

    def test_same_cases_same_result(self):
        cases = [(index, ("b", "a")) for index in range(5)]
        self.assertEqual(
            share_out(cases, {"a": 1, "b": 0}), {0: "b", 1: "a", 2: "b", 3: "a", 4: "b"}
        )
