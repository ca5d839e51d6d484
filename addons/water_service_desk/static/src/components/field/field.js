import {
    Component,
    markup,
    onWillDestroy,
    onWillStart,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { loadJS } from "@web/core/assets";
import { browser } from "@web/core/browser/browser";
import {
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { whereAmI } from "@water_service_desk/components/arrive/arrive_widget";
import { useReveal } from "@water_service_desk/components/masked/masked_field";
import { Outbox, applied } from "./outbox";
import { SIGNATURE_PAD, SignDialog } from "./sign_dialog";
import { FieldStore } from "./store";

/** Milliseconds after which the day is asked for again, and that the door waits for a satellite. */
const REFRESH = 120000;
const PLACE_PATIENCE = 2500;
/** What is done next in each state, and the words for what has been done. */
const NEXT = {
    new: ["accept"],
    accepted: ["on_way", "arrive"],
    on_way: ["arrive"],
    arrived: ["report"],
};
const LABELS = {
    accept: _t("Accept"),
    on_way: _t("On My Way"),
    arrive: _t("We Are Here"),
    report: _t("Report"),
};
const ICONS = {
    accept: "fa-check",
    on_way: "fa-car",
    arrive: "fa-map-marker",
    report: "fa-flag-checkered",
};
const SAID = {
    accept: _t("Work accepted"),
    on_way: _t("On the way"),
    arrive: _t("Arrived"),
    photo: _t("Photo kept"),
    reading: _t("Reading kept"),
    sign: _t("Signature kept"),
    report: _t("Report handed in"),
};
const STATES = {
    new: _t("To accept"),
    accepted: _t("Work accepted"),
    on_way: _t("On the way"),
    arrived: _t("Has arrived"),
    reported: _t("Waits to be sent"),
    done: _t("Done"),
    cancelled: _t("Cancelled"),
};
const TROUBLES = {
    offline: _t("No network: kept on the phone, sent by itself later."),
    busy: _t("The server does not answer: kept on the phone, sent by itself later."),
    signed_out: _t("Signed out: load the page and sign in; what is kept here is sent then."),
};
const EMPTY_DRAFT = { outcome: "done", result: "", reading: "", is_all: true };

const storeName = () => `water_field_${session.db}_${user.userId}`;

/** The customer of a stop: masked, behind the eye. */
export class FieldContact extends Component {
    static template = "water_service_desk.FieldContact";
    static props = { stop: Object };

    setup() {
        const { state, toggle } = useReveal(() => ({
            model: this.props.stop.model,
            id: this.props.stop.id,
            names: ["contact_name", "phone"],
        }));
        Object.assign(this, { state, toggle });
    }

    get label() {
        return this.state.shown ? _t("Cover again") : _t("Show, with a reason");
    }
}

/** The day of whoever goes to customers: works without a network once it has been opened. */
export class WaterField extends Component {
    static template = "water_service_desk.Field";
    static components = { FieldContact };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        Object.assign(this, { labels: LABELS, icons: ICONS, states: STATES });
        this.state = useState({
            day: null,
            acts: [],
            drafts: {},
            open: "",
            tab: "list",
            busy: "",
            said: "",
            trouble: "",
            fault: "",
        });
        this.store = new FieldStore(storeName());
        this.outbox = new Outbox(this.store, {
            onSent: (act, stop) => this.onSent(act, stop),
            onChange: () => this.onOutbox(),
        });
        this.pictures = new Map();
        useExternalListener(window, "online", () => this.onOnline());
        useExternalListener(document, "visibilitychange", () => document.hidden || this.refresh());
        this.timer = browser.setInterval(() => document.hidden || this.refresh(), REFRESH);
        onWillDestroy(() => this.leave());
        onWillStart(() => this.start());
    }

    async start() {
        await loadJS(SIGNATURE_PAD).catch(() => {}); // without it nobody signs; all else works
        this.state.day = (await this.store.get("day", "day")) || null;
        this.state.drafts = (await this.store.get("drafts", "drafts")) || {};
        await this.refresh();
        await this.outbox.load();
        this.state.open = this.nextStop();
    }

    /** Where he is or goes, else the first stop at which something is left to do. */
    nextStop() {
        const begun = this.stops.find((stop) => ["on_way", "arrived"].includes(stop.state));
        return (begun || this.stops.find((stop) => this.steps(stop).length))?.stop || "";
    }

    leave() {
        browser.clearInterval(this.timer);
        browser.clearTimeout(this.outbox.timer);
        for (const picture of this.pictures.values()) {
            URL.revokeObjectURL(picture);
        }
    }

    async refresh() {
        try {
            const day = await this.orm.silent.call("water.visit", "field_day", []);
            await this.keepDay(day);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.trouble = "offline";
        }
    }

    async keepDay(day) {
        this.state.day = day;
        await this.store.put("day", JSON.parse(JSON.stringify(day)), "day");
    }

    async onOnline() {
        await this.outbox.flush();
        await this.refresh();
    }

    onOutbox() {
        this.state.acts = [...this.outbox.acts];
        this.state.trouble = this.outbox.trouble;
    }

    /** What has arrived is said, and takes its place in the day; a report may move others. */
    async onSent(act, stop) {
        const { day } = this.state;
        this.state.said = `${SAID[act.kind]} · ${luxon.DateTime.now().toFormat("HH:mm:ss")}`;
        if (!day) {
            return;
        }
        for (const list of [day.stops, day.waiting]) {
            const index = list.findIndex((other) => other.stop === stop.stop);
            if (index >= 0) {
                list[index] = stop;
            }
        }
        await this.keepDay(day);
        if (act.kind === "report") {
            await this.refresh();
        }
    }

    // -- what is shown ------------------------------------------------------------------------

    get stops() {
        const { day, acts } = this.state;
        return day ? [...day.stops, ...day.waiting].map((stop) => applied(stop, acts)) : [];
    }

    get openStop() {
        return this.stops.find((stop) => stop.stop === this.state.open);
    }

    get dayText() {
        return this.state.day ? toLocaleDateString(luxon.DateTime.fromISO(this.state.day.day)) : "";
    }

    get map() {
        return markup(this.state.day?.map || "");
    }

    get sync() {
        const count = this.state.acts.length;
        return count ? _t("%s to send", count) : _t("All sent");
    }

    get troubleText() {
        return TROUBLES[this.state.trouble] || "";
    }

    /** "Sent" is said of what the server has taken, of nothing else. */
    get said() {
        const { acts, said, trouble } = this.state;
        if (!acts.length) {
            return said;
        }
        return trouble || this.refused.length === acts.length
            ? _t("Kept on the phone, not sent yet")
            : _t("Sending…");
    }

    get refused() {
        return this.state.acts.filter((act) => act.error);
    }

    refusedText(act) {
        const stop = this.stops.find((one) => one.stop === act.stop);
        return `${stop?.number || ""} ${SAID[act.kind]}: ${act.error}`.trim();
    }

    due(stop) {
        return stop.begin ? toLocaleDateTimeString(deserializeDateTime(stop.begin)) : "";
    }

    steps(stop) {
        return NEXT[stop.state] || [];
    }

    /** Photos of a stop that have not arrived yet, as pictures. */
    pending(stop) {
        const acts = this.state.acts.filter(
            (act) => act.kind === "photo" && act.stop === stop.stop
        );
        return acts.map((act) => {
            if (!this.pictures.has(act.key)) {
                this.pictures.set(act.key, URL.createObjectURL(act.files[0].blob));
            }
            return this.pictures.get(act.key);
        });
    }

    draft(stop) {
        return { ...EMPTY_DRAFT, reading: stop.reading || "", ...this.state.drafts[stop.stop] };
    }

    canReport(stop) {
        return Boolean(this.draft(stop).result.trim());
    }

    // -- what is done -------------------------------------------------------------------------

    /** Nothing typed is lost: it is kept with every letter. */
    async type(stop, values) {
        this.state.drafts[stop.stop] = { ...this.draft(stop), ...values };
        await this.store.put("drafts", JSON.parse(JSON.stringify(this.state.drafts)), "drafts");
    }

    /** How it went decides whether the work is over; whoever knows better says so. */
    chooseOutcome(stop, outcome) {
        return this.type(stop, { outcome, is_all: ["done", "not_needed"].includes(outcome) });
    }

    async step(stop, kind) {
        const at = new Date().toISOString();
        this.state.busy = kind;
        try {
            const more = { arrive: () => this.place(), report: () => this.report(stop) };
            const values = (await more[kind]?.()) || {};
            await this.act(kind, stop, { ...values, at });
            if (kind === "report") {
                this.state.open = this.nextStop();
            }
        } finally {
            this.state.busy = "";
        }
    }

    place() {
        return whereAmI(navigator.geolocation, PLACE_PATIENCE);
    }

    report(stop) {
        const { outcome, result, is_all } = this.draft(stop);
        return { outcome, result, is_all: is_all ? "1" : "" };
    }

    /** Keep an act; the server's answer is said when it comes. */
    async act(kind, stop, values = {}, files = []) {
        try {
            await this.outbox.add(kind, stop.stop, values, files);
        } catch (error) {
            this.state.fault = _t(
                "The phone has no space left, so it was not kept. %s",
                error.message
            );
            throw error;
        }
        this.state.fault = "";
        browser.navigator.vibrate?.(20);
    }

    async onPhotos(stop, ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            const small = await globalThis.waterSmaller(file);
            const blob = new Blob([await small.arrayBuffer()], { type: small.type });
            await this.act("photo", stop, {}, [{ blob, name: small.name }]);
        }
    }

    async onReading(stop, ev) {
        const reading = ev.target.value.trim();
        if (reading && reading !== stop.reading) {
            await this.act("reading", stop, { reading });
        }
    }

    sign(stop) {
        this.dialog.add(SignDialog, {
            keep: (signed_by, blob) =>
                this.act("sign", stop, { signed_by }, [{ blob, name: "signature.png" }]),
        });
    }

    get canSign() {
        return Boolean(window.SignaturePad);
    }

    toggle(stop) {
        this.state.open = this.state.open === stop.stop ? "" : stop.stop;
    }
}

registry.category("actions").add("water_field", WaterField);

// The places of the day leave the telephone with whoever signs out; what was not sent yet stays.
const menu = registry.category("user_menuitems");
const logOut = menu.get("log_out");
menu.add(
    "log_out",
    (env) => {
        const item = logOut(env);
        const callback = async () => {
            await new FieldStore(storeName()).clear("day").catch(() => {});
            item.callback();
        };
        return { ...item, callback };
    },
    { force: true }
);
