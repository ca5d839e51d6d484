import { markRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const ADDRESS = "/water/field/act";
/** Milliseconds after which what waits is sent again, and a line is given up. */
const AGAIN = 15000;
const PATIENCE = 60000;
/** Acts without which the next ones of a stop would be refused. */
const STEPS = new Set(["accept", "on_way", "arrive"]);

/** A key that no other act has, also where the browser lends no random UUIDs. */
function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Acts that wait for a network, in the order in which they were done. Each has a key, by which the
 * server does it once, however often it is sent.
 *
 * `onSent(act, stop)` is told of each that has arrived, `onChange()` of everything else.
 */
export class Outbox {
    constructor(store, { onSent, onChange }) {
        Object.assign(this, { store, onSent, onChange });
        this.acts = [];
        /** "" while all is well, else "offline", "signed_out" or "busy" */
        this.trouble = "";
    }

    async load() {
        this.acts = (await this.store.all("acts")).map(markRaw);
        this.onChange();
        this.flush();
    }

    /** Keep an act, then send it. Resolves when the telephone has it. */
    async add(kind, stop, values = {}, files = []) {
        const at = values.at || new Date().toISOString();
        const act = markRaw({ key: newKey(), kind, stop, values: { ...values, at }, files });
        act.order = await this.store.put("acts", act);
        this.acts.push(act);
        this.onChange();
        this.flush();
    }

    /** Try a refused act once more, with all that waits behind it. */
    async again(act) {
        act.error = "";
        await this.store.put("acts", { ...act });
        this.onChange();
        this.flush();
    }

    async drop(act) {
        await this.store.remove("acts", act.order);
        this.acts = this.acts.filter((other) => other.order !== act.order);
        this.onChange();
        this.flush();
    }

    /** The next act that may be sent: a refused step holds its stop, except for the report. */
    next() {
        const held = new Set();
        for (const act of this.acts) {
            if (!act.error && (!held.has(act.stop) || act.kind === "report")) {
                return act;
            }
            if (act.error && STEPS.has(act.kind)) {
                held.add(act.stop);
            }
        }
    }

    flush() {
        this.sending ??= this.sendAll().finally(() => {
            this.sending = null;
        });
        return this.sending;
    }

    async sendAll() {
        browser.clearTimeout(this.timer);
        this.trouble = "";
        for (let act = this.next(); act; act = this.next()) {
            const answer = await this.send(act);
            if (answer.trouble) {
                this.trouble = answer.trouble;
                this.timer = browser.setTimeout(() => this.flush(), AGAIN);
                break;
            }
            if (answer.error) {
                act.error = answer.error;
                await this.store.put("acts", { ...act });
            } else {
                await this.store.remove("acts", act.order);
                this.acts = this.acts.filter((other) => other.order !== act.order);
                await this.onSent(act, answer.stop);
            }
            this.onChange();
        }
        this.onChange();
    }

    /** {stop} when it was done, {error} with words when it was refused, {trouble} otherwise. */
    async send(act) {
        const form = new FormData();
        form.append("csrf_token", odoo.csrf_token);
        const { key, kind, stop, values } = act;
        for (const [name, value] of Object.entries({ ...values, key, kind, stop })) {
            form.append(name, value ?? "");
        }
        for (const { blob, name } of act.files) {
            form.append("files", blob, name);
        }
        const signal = AbortSignal.timeout(PATIENCE);
        try {
            const options = { method: "POST", body: form, redirect: "manual", signal };
            return await this.read(await browser.fetch(ADDRESS, options));
        } catch {
            return { trouble: "offline" };
        }
    }

    async read(response) {
        const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
        if (isJson && response.status < 500 && response.status !== 429) {
            return response.json();
        }
        if (response.status === 413) {
            return { error: _t("This is too large to be sent.") };
        }
        const isSignedOut = response.type === "opaqueredirect" || response.status < 429;
        return { trouble: isSignedOut ? "signed_out" : "busy" };
    }
}

/** A stop as it will be when all its acts have arrived. */
export function applied(stop, acts) {
    const steps = ["new", "accepted", "on_way", "arrived", "done"];
    const reached = (state) =>
        steps.indexOf(state) > steps.indexOf(stop.state) ? state : stop.state;
    const changes = {
        accept: () => ({ state: reached("accepted") }),
        on_way: () => ({ state: reached("on_way") }),
        arrive: () => ({ state: reached("arrived") }),
        photo: ({ files }) => ({ photos: (stop.photos || 0) + files.length }),
        reading: ({ values }) => ({ reading: values.reading }),
        sign: ({ values }) => ({ signed_by: values.signed_by }),
        report: ({ values }) => ({
            state: "reported",
            outcome: values.outcome,
            result: values.result,
        }),
    };
    for (const act of acts.filter((one) => one.stop === stop.stop && !one.error)) {
        stop = { ...stop, ...changes[act.kind](act) };
    }
    return stop;
}
