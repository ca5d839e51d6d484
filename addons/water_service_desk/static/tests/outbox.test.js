import { describe, expect, test } from "@odoo/hoot";
import { Outbox, applied } from "@water_service_desk/components/field/outbox";

describe.current.tags("headless");

/** A store in memory, and a server that answers as it is told. */
function makeOutbox(answers) {
    const rows = new Map();
    const store = {
        all: async () => [...rows.values()],
        put: async (_table, act) => {
            const order = act.order ?? rows.size + 1;
            rows.set(order, { ...act, order });
            return order;
        },
        remove: async (_table, order) => rows.delete(order),
    };
    const outbox = new Outbox(store, { onSent: () => {}, onChange: () => {} });
    outbox.send = async (act) => {
        expect.step(`${act.stop} ${act.kind}`);
        return answers.shift() || { stop: {} };
    };
    return { outbox, rows };
}

test("acts are sent in order, and are kept until they have arrived", async () => {
    const { outbox, rows } = makeOutbox([{ trouble: "offline" }]);
    await outbox.add("accept", "visit-1");
    await outbox.sending;
    await outbox.add("arrive", "visit-1");
    await outbox.sending;
    expect.verifySteps(["visit-1 accept", "visit-1 accept", "visit-1 arrive"]);
    expect(rows.size).toBe(0);
});

test("behind a refused act its stop waits, others go on; the act can be sent again", async () => {
    const { outbox, rows } = makeOutbox([{ error: "no" }]);
    await outbox.add("accept", "visit-1");
    await outbox.sending;
    await outbox.add("arrive", "visit-1");
    await outbox.add("accept", "visit-2");
    await outbox.sending;
    expect.verifySteps(["visit-1 accept", "visit-2 accept"]);
    expect([...rows.values()].map(({ kind, error }) => [kind, error || ""])).toEqual([
        ["accept", "no"],
        ["arrive", ""],
    ]);
    await outbox.again(outbox.acts[0]);
    await outbox.sending;
    expect.verifySteps(["visit-1 accept", "visit-1 arrive"]);
});

test("a refused photo holds no report, and a refused step holds all but the report", async () => {
    for (const refused of ["photo", "arrive"]) {
        const { outbox } = makeOutbox([{ error: "no" }]);
        await outbox.add(refused, "visit-1");
        await outbox.sending;
        await outbox.add("report", "visit-1");
        await outbox.sending;
        expect.verifySteps([`visit-1 ${refused}`, "visit-1 report"]);
        expect(outbox.acts.map(({ kind }) => kind)).toEqual([refused]);
    }
});

test("each act has a key of its own", async () => {
    const { outbox } = makeOutbox([{ trouble: "offline" }, { trouble: "offline" }]);
    await outbox.add("photo", "visit-1");
    await outbox.sending;
    await outbox.add("photo", "visit-1");
    await outbox.sending;
    expect.verifySteps(["visit-1 photo", "visit-1 photo"]);
    const keys = outbox.acts.map(({ key }) => key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
});

test("a stop is shown as it will be when its acts have arrived", () => {
    const stop = { stop: "visit-1", state: "new", photos: 1 };
    const act = (kind, more = {}) => ({ kind, stop: "visit-1", values: {}, files: [], ...more });
    const acts = [act("accept"), act("arrive"), act("on_way"), act("photo", { files: [{}] })];
    expect(applied(stop, acts)).toEqual({ ...stop, state: "arrived", photos: 2 });
    expect(applied(stop, [act("accept", { error: "no" })])).toEqual(stop);
    expect(applied(stop, [act("report")]).state).toBe("reported");
    expect(applied(stop, [act("accept", { stop: "visit-2" })])).toEqual(stop);
});
