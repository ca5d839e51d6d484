"""Fill the table of complaints by SQL, like a company after some years.

Every row is a copy of a complaint that was registered, read back and dispatched through the ORM,
with its clocks, events and dispatch. It differs as follows:

- every ``every``-th case is open, spread over the whole table (the worst order): a seventh in each
  open column; of the others 1 in 40 is withdrawn, the rest archived;
- new rows cover the last thousand days, oldest first;
- an open case has one running clock: 10 % are overdue, 15 % end within a day;
- the clocks of the others were met and their dispatches finished;
- emergencies 2 %, urgent 8 %; restricted 1 %; confidential about a department 0.2 %, about desk
  staff 0.1 %; 20 agents, all departments, categories and zones.

The copies have no valid event chains (the digests are the sample's) and no mails.
"""

import timing

OPEN = (
    "registered",
    "dispatched",
    "investigating",
    "handling",
    "notified",
    "confirmed",
    "callback",
)


def _array(values, index):
    """SQL array literal, subscripted by ``index``, any integer expression."""
    texts = ", ".join(str(value) for value in values)
    return f"(ARRAY[{texts}])[1 + ({index}) % {len(values)}]"


class Fill:
    """Brings the table to a size, with one in ``every`` cases open."""

    def __init__(self, env, sample, agents, every):
        self.env, self.sample, self.agents, self.every = env, sample, agents, every
        ref = env.ref
        self.restricted = ref("water_service_desk.category_st04").id
        self.categories = env["water.category"].search([("restricted", "=", False)]).ids
        self.departments = env["water.department"].search([]).ids
        stages = env["water.stage"].search([("model", "=", "water.complaint")])
        self.stages = {stage.state: stage.id for stage in stages}

    def to(self, size):
        """Fill the tables up to ``size`` cases and vacuum them."""
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*), max(id) FROM water_complaint")
        count, last = self.env.cr.fetchone()
        if size > count:
            timing.clone(
                self.env,
                "water_complaint",
                f"id = {self.sample.id}",
                self._rows(count, size - count),
                self._case_changes(),
            )
            for table, changes in (
                ("water_deadline", self._clock_changes()),
                ("water_case_event", {}),
                ("water_dispatch", self._dispatch_changes()),
            ):
                self._children(table, last, changes)
        tables = ("water_complaint", "water_deadline", "water_case_event", "water_dispatch")
        timing.vacuum(self.env, *tables)

    def accounts_to(self, size):
        """Fill up to ``size`` customer accounts, each with its own holder."""
        accounts = self.env["water.account"]
        first = accounts.search([("code", "=", "H00000000")])
        if not first:
            holder = {"name": "客户 0", "phone": "13900000000"}
            values = {"code": "H00000000", "address": "东城路 1 号", "meter_no": "M0"}
            first = accounts.create({**values, "partner_id": accounts.partner_id.create(holder).id})
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM water_account")
        count, holder = self.env.cr.fetchone()[0], first.partner_id.id
        if size > count:
            # the row's id in advance: each holder is its own commercial partner
            ids = "nextval('res_partner_id_seq') AS id"
            numbers = f"SELECT n, {ids} FROM generate_series({count}, {size - 1}) n"
            self.env.cr.execute("SELECT max(id) FROM res_partner")
            last = self.env.cr.fetchone()[0]
            timing.clone(self.env, "res_partner", f"id = {holder}", numbers, self._holder_changes())
            holders = f"SELECT id, ref::int AS n FROM res_partner WHERE id > {last}"
            changes = self._account_changes()
            timing.clone(self.env, "water_account", f"id = {first.id}", holders, changes)
        timing.vacuum(self.env, "res_partner", "water_account")

    @staticmethod
    def _holder_changes():
        """Give every holder a different name and phone number."""
        phone = "lpad(g.n::text, 8, '0')"
        return {
            "id": "g.id",
            "commercial_partner_id": "g.id",
            "name": "'客户 ' || g.n",
            "complete_name": "'客户 ' || g.n",
            "phone": f"'139' || {phone}",
            "phone_sanitized": f"'+86139' || {phone}",
            "ref": "g.n::text",
        }

    @staticmethod
    def _account_changes():
        return {
            "code": "'H' || lpad(g.n::text, 8, '0')",
            "partner_id": "g.id",
            "address": "'东城路 ' || g.n || ' 号'",
            "meter_no": "'M' || g.n",
        }

    def _rows(self, start, number):
        """Number, openness, state and luck of each new case."""
        states = ", ".join(f"'{state}'" for state in OPEN)
        is_open = f"n % {self.every} = 0"
        return f"""
            SELECT n, {is_open} AS is_open, (n::bigint * 7919) % 100 AS luck,
                   ({start + number - 1} - n)::bigint * 1000 / {number} AS age,
                   CASE WHEN {is_open} THEN (ARRAY[{states}])[1 + (n / {self.every}) % 7]
                        WHEN n % 40 = 1 THEN 'withdrawn' ELSE 'archived' END AS state
              FROM generate_series({start}, {start + number - 1}) n
        """

    def _case_changes(self):
        stage = " ".join(f"WHEN '{state}' THEN {id_}" for state, id_ in self.stages.items())
        agents = self.agents.ids
        closed = "CASE WHEN NOT g.is_open THEN now() - g.age * interval '1 day' END"
        return {
            "name": "'TS-B' || g.n",
            "subject": "'水费异常 ' || g.n",
            "contact_name": "'客户 ' || g.n",
            "phone": "'138' || lpad(g.n::text, 8, '0')",
            "phone_normalized": "'+86138' || lpad(g.n::text, 8, '0')",
            "state": "g.state",
            "stage_id": f"CASE g.state {stage} END",
            "severity": "CASE WHEN g.n % 50 = 7 THEN 'emergency'"
            " WHEN g.n % 12 = 5 THEN 'urgent' ELSE 'normal' END",
            "urgency": "CASE WHEN g.n % 50 = 7 THEN 2 WHEN g.n % 12 = 5 THEN 1 ELSE 0 END",
            "address": "'东城路 ' || g.n || ' 号'",
            "address_key": "'东城路' || g.n || '号'",
            "category_id": f"CASE WHEN g.n % 100 = 3 THEN {self.restricted}"
            f" ELSE {_array(self.categories, 'g.n')} END",
            "is_restricted": "g.n % 100 = 3",
            "is_confidential": "g.n % 500 = 11",
            "department_complained_id": "CASE WHEN g.n % 500 = 11"
            f" THEN {_array(self.departments, 'g.n / 500')} END",
            "person_complained_id": "CASE WHEN g.n % 1000 = 13"
            f" THEN {_array(agents, 'g.n / 1000 + 1')} END",
            "department_id": _array(self.departments, "g.n / 7"),
            "sent_to": f"',' || {_array(self.departments, 'g.n / 7')} || ','",
            "first_responsible_id": _array(agents, "g.n / 1000"),
            "user_id": _array(agents, "g.n / 1000"),
            "original_responsible_id": _array(agents, "g.n / 1000"),
            "next_due_at": f"CASE WHEN g.is_open THEN {self._due('g')} END",
            "deadline_state": "CASE WHEN NOT g.is_open THEN 'none' WHEN g.luck < 10 THEN 'breached'"
            " WHEN g.luck < 25 THEN 'soon' ELSE 'ok' END",
            "received_at": "t.received_at - g.age * interval '1 day'",
            "closed_at": closed,
            "archived_at": closed,
            "external_ref": "NULL",
            "submission_key": "NULL",
        }

    @staticmethod
    def _due(row):
        """When the running clock of an open case ends, by chance."""
        return (
            f"(now() AT TIME ZONE 'utc' + CASE WHEN {row}.luck < 10"
            f" THEN -(1 + {row}.luck) * interval '1 hour' WHEN {row}.luck < 25"
            f" THEN {row}.luck * interval '1 hour'"
            f" ELSE interval '30 hours' + ({row}.n % 20000) * interval '1 minute' END)"
        )

    def _clock_changes(self):
        """The clock of the answer still runs in open cases; the others were met in time."""
        runs = "(t.kind = 'close' AND g.is_open)"
        late = "g.deadline_state = 'breached'"
        span = "t.due_at - t.started_at"
        due = f"CASE WHEN {runs} THEN g.next_due_at ELSE g.received_at + ({span}) END"
        return {
            "started_at": "g.received_at",
            "due_at": due,
            "planned_due_at": due,
            "warn_at": f"CASE WHEN {runs} THEN g.next_due_at - interval '12 hours'"
            " ELSE t.warn_at END",
            "warned_at": f"CASE WHEN {runs} AND g.deadline_state <> 'ok' THEN g.received_at END",
            "breached_at": f"CASE WHEN {runs} AND {late} THEN g.next_due_at END",
            "met_at": f"CASE WHEN NOT {runs} THEN g.received_at END",
            "state": f"CASE WHEN NOT {runs} THEN 'met' WHEN {late} THEN 'breached'"
            " ELSE 'running' END",
            "next_check_at": f"CASE WHEN {runs} AND NOT {late} THEN g.next_due_at END",
            "is_pending": runs,
            "is_restricted": "g.is_restricted",
            "department_id": "g.department_id",
            "sent_to": "g.sent_to",
        }

    @staticmethod
    def _dispatch_changes():
        return {
            "department_id": "g.department_id",
            "state": "CASE WHEN g.is_open THEN t.state ELSE 'finished' END",
            "sent_at": "g.received_at",
            "finished_at": "CASE WHEN NOT g.is_open THEN g.closed_at END",
        }

    def _children(self, table, last, changes):
        shared = {"complaint_id": "g.id", "company_id": "g.company_id"}
        if table != "water_deadline":
            shared["is_restricted"] = "g.is_restricted"
        is_open = "closed_at IS NULL AS is_open"
        rows = f"SELECT *, {is_open} FROM water_complaint WHERE id > {last}"
        template = f"complaint_id = {self.sample.id}"
        timing.clone(self.env, table, template, rows, {**shared, **changes})
