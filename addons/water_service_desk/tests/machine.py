"""State machine test: random valid steps, with all invariants checked after each.

Hypothesis chooses the steps (``step``). A user with a role takes each at a frozen time, in its own
savepoint, as the web client would. A refusal with a message leaves nothing and is no fault; any
other error is. ``machine_kept.py`` and its heirs contain the invariants.

``WATER_STEPS=10000`` tries that many steps; ``--hypothesis-seed`` others. The result is a list of
faults with their steps; ``WATER_STORY=file`` repeats those of one fault.
"""

import logging
import os
import random
import re
import traceback
from collections import Counter, defaultdict
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ..base.tests.common import local
from ..base.tests.examples import (
    HealthCheck,
    Phase,
    RuleBasedStateMachine,
    core,
    initialize,
    rule,
    run_state_machine_as_test,
    settings,
    st,
)
from .machine_story import STORY, retell_file

_logger = logging.getLogger(__name__)

#: Steps of all examples together; without it as many as a few seconds allow.
STEPS = int(os.environ.get("WATER_STEPS") or 0)
#: From so many steps on each rule must have been taken.
LONG = 10_000
#: Steps of one example: late steps, such as a third appeal, needs a long story.
LENGTH = 120 if STEPS >= LONG else 50
#: Examples of the short form.
SHORT = 2
#: After each such number of steps costly rules are checked for all cases, else for changed ones.
LOOK_AT_ALL = 8
#: how many of a hundred steps use the oldest possible case
MOSTLY = 55
#: attempts to choose another step if one has nothing to act on
TRIES = 12
#: Faults that are kept; the run ends there.
ENOUGH = 30
#: When the stories begin: a working day, the eve of a long holiday, the eve of an unknown year.
BEGINNINGS = ("2026-03-11 10:00", "2026-09-30 16:40", "2026-12-30 09:00")
#: Any number; what it stands for is found among what there is.
some = range(100)


class Idle(Exception):
    """The step has nothing to act on."""


class Tally:
    """Results of the steps of a run, and the faults."""

    def __init__(self):
        self.counts = defaultdict(Counter)
        self.refusals = Counter()
        self.faults = {}
        self.stories = 0

    def table(self):
        """Rows of rule, taken, refused and idle, for people."""
        rows = [f"{'rule':<28}{'taken':>7}{'refused':>9}{'idle':>7}"]
        for name, count in sorted(self.counts.items()):
            rows.append(f"{name:<28}{count['taken']:>7}{count['refused']:>9}{count['idle']:>7}")
        total = sum(map(Counter, self.counts.values()), Counter())
        rows.append(f"{'all':<28}{total['taken']:>7}{total['refused']:>9}{total['idle']:>7}")
        return "\n".join(rows)

    def report(self):
        """The faults, each once, with the steps that led to the first of its kind."""
        return "\n\n".join(self.faults.values())


def step(when=None, weight=1, **drawn):
    """Mark a method as a step of the machine: each further name brings what is chosen from.

    :param when: asked of the machine; the step is not offered where it says no
    :param weight: how often it is chosen, beside others with one
    """

    def mark(function):
        function.step = (when, weight, drawn)
        return function

    return mark


class Machine(RuleBasedStateMachine):
    """Takes the steps. Heirs bring rules and, as methods ``always_…``, what must always hold."""

    #: models of the cases that it drives
    models = ("water.inquiry", "water.request")
    #: {name of a step: how often it is chosen}, where that is not as its own class says
    weights = {}
    test = tally = None  # given by ``drive``

    def __init__(self):
        super().__init__()
        self.env, self.log, self.stopped, self.count = self.test.env, [], False, 0
        self.tally.stories += 1
        self.env.flush_all()
        self.savepoint = self.env.cr.savepoint()
        self.freezer = freeze_time(local(BEGINNINGS[0]))
        self.frozen = self.freezer.start()
        self.first = {name: self._last(name) for name in self.models}
        self.seen = {}  # case → state before the step
        self.heads, self.changed = {}, []  # case → end of its chain; cases to look at closely

    def _last(self, model):
        return self.env[model].search([], order="id desc", limit=1).id or 0

    @initialize(moment=st.sampled_from(BEGINNINGS))
    def begin(self, moment):
        self.at(local(moment))
        self.log.append(f"begin({moment})")
        self.prepare()

    def prepare(self):
        """Hook: what the world has besides people."""

    def teardown(self):
        self.freezer.stop()
        self.savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        self.env.cr._now = None

    # -- steps ---------------------------------------------------------------------------------

    @classmethod
    def steps(cls):
        """{name: (when, weight, drawn values)} of all steps, those of heirs too."""
        marked = {name: getattr(getattr(cls, name), "step", None) for name in dir(cls)}
        return {
            name: (facts[0], cls.weights.get(name, facts[1]), facts[2])
            for name, facts in marked.items()
            if facts
        }

    @rule(number=st.integers(min_value=0, max_value=2**32))
    def go(self, number):
        """Take one of all steps; if it has nothing to act on, another one.

        Hypothesis draws a single number: otherwise it would omit whole rules and seldom get far. It
        prefers some numbers, so the position of the step counts too.
        """
        self.count += 1
        place = (core.global_force_seed, self.tally.stories, self.count, number)
        chance, steps = random.Random(str(place)), self.steps()  # noqa: S311
        names = [name for name, (__, weight, __) in steps.items() for __ in range(weight)]
        for __ in range(TRIES):
            if self.stopped:
                return
            name = chance.choice(names)
            when, __, drawn = steps[name]
            if when is None or when(self):
                arguments = {key: chance.choice(value) for key, value in drawn.items()}
                if self.take(name, getattr(self, name), arguments):
                    return

    def take(self, name, act, arguments):
        """Take one step and check the invariants; a refused one is rolled back.

        :return: whether it had something to act on
        """
        words = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        self.log.append(f"{name}({words})")
        self.before()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                act(**arguments)
                self.env.flush_all()
            outcome = "taken"
        except Idle:
            outcome = "idle"
            self.log.pop()
        except UserError as refusal:
            outcome = "refused"
            self.log[-1] += f" refused: {str(refusal)[:110]!r}"
            said = re.sub(r"[A-Z]{2}\d{6}-\d+", "…", " ".join(str(refusal).split()))
            self.tally.refusals[name, said[:170]] += 1
        except IntegrityError as error:  # as the server says it to the client
            words = self.constraint_words(error)
            if not words:
                self.fault(f"{name}: {type(error).__name__}", str(error))
                return True
            outcome = "refused"
            self.tally.refusals[name, words] += 1
        except Exception as error:
            lines = traceback.format_exc().splitlines()[-14:]
            self.fault(f"{name}: {type(error).__name__}", "\n".join(lines))
            return True
        self.tally.counts[name][outcome] += 1
        if outcome == "taken":
            self.look()
        return outcome != "idle"

    def also(self, name, *arguments):
        """Take another step within one, which counts as well."""
        getattr(self, name)(*arguments)
        self.count_as(name)

    def count_as(self, name):
        """Nested steps count as the step ``name``."""
        self.tally.counts[name]["taken"] += 1

    def constraint_words(self, error):
        """Return the message of a database constraint; "" without one."""
        tables = {model._table: model for model in self.env.registry.values() if model._auto}
        model = tables.get(error.diag.table_name)
        known = model and model._table_objects.get(error.diag.constraint_name)
        return self.env[model._name]._sql_error_to_message(error) if known else ""

    def before(self):
        """Hook: remember what the step must not change."""
        self.seen = {case: case.state for case in self.cases}
        self.known = self.env["water.deadline"].search([], order="id desc", limit=1).id or 0

    def look(self):
        """Check all invariants with empty caches."""
        self.env.invalidate_all()
        heads = {case: (case.event_head, case.state) for case in self.cases}
        often = self.count % LOOK_AT_ALL
        self.changed = [c for c in heads if not often or self.heads.get(c) != heads[c]]
        self.heads = heads
        for name in sorted(rules(type(self))):
            try:
                words = [text for text in getattr(self, name)() if text]
            except Exception:
                words = traceback.format_exc().splitlines()[-10:]
            if words:
                self.fault(name, "\n".join(words))

    def fault(self, kind, words):
        """Keep a fault; the story ends here."""
        self.stopped = True
        name = self.log[-1].partition("(")[0]
        story = "\n  ".join(self.log)
        self.tally.faults.setdefault((kind, name), f"{kind} after {name}:\n{words}\n  {story}")
        if len(self.tally.faults) >= ENOUGH:
            raise AssertionError(self.tally.report())

    # -- what there is -------------------------------------------------------------------------

    @property
    def cases(self):
        """The cases of this story, all types."""
        return [
            case
            for name in self.models
            for case in self.env[name].search([("id", ">", self.first[name])], order="id")
        ]

    def case(self, which, model=None, *states):
        """One of the cases; of ``model``, and in one of ``states`` where some are named.

        Mostly the oldest: a story that turns to another case with each step comes nowhere.
        """
        rows = [case for case in self.cases if model in (None, case._name)]
        fit = [row for row in rows if not states or row.state in states]
        return self.pick(fit, which if which > MOSTLY else 0)

    def pick(self, rows, which):
        """One of ``rows``, by any number.

        :raises Idle: when there is none
        """
        rows = list(rows)
        if not rows:
            raise Idle
        return rows[which % len(rows)]

    def rows(self, field):
        """Values of a field of that name in the cases, oldest first."""
        found = [row for case in self.cases if field in case._fields for row in case[field]]
        return sorted(found, key=lambda row: row.id)

    def own(self, login, records):
        """``records`` as the given user."""
        return self.test._as(login, records)

    # -- time ----------------------------------------------------------------------------------

    def at(self, moment):
        """Set the clock to a naive UTC moment, that of the database as well."""
        self.frozen.move_to(moment)
        self.env.cr._now = moment

    def later(self, **span):
        return fields.Datetime.now() + timedelta(**span)

    def cron(self, name):
        """Run a scheduled action as the scheduler does."""
        action = self.env.ref(name).sudo()
        with self.test.enter_registry_test_mode():
            action.method_direct_trigger()
        self.env.invalidate_all()


def add_people(cls):
    """Another member of both departments, for second handlings.

    :param cls: a test class with people
    """
    group = "base.group_user,water_service_desk.group_department"
    departments = (cls.net | cls.lab).ids
    cls.users["again"] = cls._new_user("again", group, water_department_ids=departments)


def noticed(machine, spoil, case):
    """Return the invariants that break after ``spoil(case)``, which is rolled back.

    :param machine: a running one without faults
    """
    tally, savepoint = machine.tally, machine.env.cr.savepoint()
    tally.faults, machine.stopped = {}, False
    tally.refusals.clear()
    try:
        machine.take(spoil.__name__, spoil, {"case": case})
    finally:
        savepoint.close(rollback=True)
        machine.env.invalidate_all(flush=False)
    machine.test.assertFalse(tally.refusals)
    return {kind for kind, __ in tally.faults}


def rules(cls):
    """Names of the rules that a class of machines keeps."""
    return {name for name in dir(cls) if name.startswith("always_")}


def drive(test, machine):
    """Run a machine in a test: no fault, and each rule was taken in the long run."""
    tally = Tally()
    bound = type(machine.__name__, (machine,), {"test": test, "tally": tally})
    if STORY:
        retell_file(bound())
        test.assertFalse(tally.faults, tally.report())
        return
    options = settings(
        max_examples=max(STEPS // LENGTH, 1) if STEPS else SHORT,
        stateful_step_count=LENGTH,
        derandomize=core.global_force_seed is None,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(bound, settings=options)
    finally:
        _logger.info("%s\n%s", machine.__name__, tally.table())
        print(f"{machine.__name__}\n{tally.table()}")  # pylint: disable=print-used
        if STEPS:
            for (name, words), count in tally.refusals.most_common():
                print(f"{count:>5} {name}: {words}")  # pylint: disable=print-used
            print(tally.report())  # pylint: disable=print-used
    test.assertFalse(tally.faults, tally.report())
    test.assertTrue(sum(count["taken"] for count in tally.counts.values()))
    if STEPS >= LONG:
        offered = {name for name, (__, weight, __) in machine.steps().items() if weight}
        taken = {name for name, count in tally.counts.items() if count["taken"]}
        test.assertFalse(offered - taken, f"never taken:\n{tally.table()}")
