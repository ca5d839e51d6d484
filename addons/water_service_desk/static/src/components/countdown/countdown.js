import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { leftText } from "@water_service_desk/core/span_text";

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

/** One clock for the whole page: every countdown on a board of hundreds shares its tick. */
const ticker = {
    listeners: new Set(),
    handle: null,
    add(listener) {
        this.listeners.add(listener);
        this.handle ??= setInterval(() => this.listeners.forEach((tick) => tick()), MINUTE / 2);
    },
    remove(listener) {
        this.listeners.delete(listener);
        if (!this.listeners.size) {
            clearInterval(this.handle);
            this.handle = null;
        }
    },
};

/**
 * A reactive ``now`` that moves twice a minute.
 *
 * @param {() => void} [onTick] called after each move
 */
export function useNow(onTick = () => {}) {
    const state = useState({ now: DateTime.now() });
    const tick = () => {
        state.now = DateTime.now();
        onTick();
    };
    onMounted(() => ticker.add(tick));
    onWillUnmount(() => ticker.remove(tick));
    return state;
}

const ICONS = {
    breached: "fa-exclamation-circle",
    soon: "fa-hourglass-half",
    paused: "fa-pause-circle",
    ok: "fa-clock-o",
};
const COLOURS = {
    breached: "text-danger fw-bold",
    soon: "text-warning-emphasis fw-bold",
    paused: "text-info-emphasis",
    ok: "text-success-emphasis",
};

/** The time left until ``due``, in words, to the minute, with icon and colour. */
export class WaterCountdown extends Component {
    static template = "water_service_desk.Countdown";
    static props = {
        due: { type: Object },
        /** what the server says: "paused" stops the words, "soon" warns before the last hour */
        told: { type: [String, Boolean], optional: true },
        /** by how many milliseconds the server's clock is ahead of this computer's */
        skew: { type: Number, optional: true },
    };
    static defaultProps = { told: false, skew: 0 };

    setup() {
        this.clock = useNow();
    }

    get due() {
        return this.props.due;
    }

    get told() {
        return this.props.told;
    }

    get remaining() {
        return this.due.diff(this.clock.now).milliseconds - (this.props.skew || 0);
    }

    get isLate() {
        return this.remaining < 0;
    }

    get minutes() {
        return Math.floor(Math.abs(this.remaining) / MINUTE);
    }

    get level() {
        if (this.told === "paused") {
            return "paused";
        }
        if (this.isLate) {
            return "breached";
        }
        return this.told === "soon" || this.minutes < 60 ? "soon" : "ok";
    }

    get text() {
        if (this.level === "paused") {
            return _t("Paused");
        }
        return leftText(this.minutes, this.isLate);
    }

    get icon() {
        return ICONS[this.level];
    }

    get colour() {
        return COLOURS[this.level];
    }

    get title() {
        return toLocaleDateTimeString(this.due);
    }
}
