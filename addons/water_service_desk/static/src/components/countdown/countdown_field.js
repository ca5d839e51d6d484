import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDateTime } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

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
 * The time left until a limit, in words, to the minute, with icon and colour.
 * Reads ``deadline_state`` (or ``state`` of a clock) beside the datetime when it is there.
 */
export class WaterCountdownField extends Component {
    static template = "water_service_desk.CountdownField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const tick = () => (this.state.now = DateTime.now());
        onMounted(() => ticker.add(tick));
        onWillUnmount(() => ticker.remove(tick));
    }

    get due() {
        return this.props.record.data[this.props.name];
    }

    get isLate() {
        return this.due < this.state.now;
    }

    get minutes() {
        return Math.floor(Math.abs(this.due.diff(this.state.now).milliseconds) / MINUTE);
    }

    get level() {
        const data = this.props.record.data;
        const told = data.deadline_state || data.state;
        if (told === "paused") {
            return "paused";
        }
        if (this.isLate) {
            return "breached";
        }
        return told === "soon" || this.minutes < 60 ? "soon" : "ok";
    }

    get text() {
        if (!this.due) {
            return "";
        }
        if (this.level === "paused") {
            return _t("Paused");
        }
        const span = this.spanText(this.minutes);
        return this.isLate ? _t("Overdue by %s", span) : _t("%s left", span);
    }

    spanText(total) {
        const days = Math.floor(total / 1440);
        const hours = Math.floor((total % 1440) / 60);
        const minutes = total % 60;
        if (days) {
            return _t("%(days)s d %(hours)s h", { days, hours });
        }
        if (hours) {
            return _t("%(hours)s h %(minutes)s min", { hours, minutes });
        }
        return _t("%(minutes)s min", { minutes });
    }

    get icon() {
        return {
            breached: "fa-exclamation-circle",
            soon: "fa-hourglass-half",
            paused: "fa-pause-circle",
            ok: "fa-clock-o",
        }[this.level];
    }

    get colour() {
        return {
            breached: "text-danger fw-bold",
            soon: "text-warning-emphasis fw-bold",
            paused: "text-info-emphasis",
            ok: "text-success-emphasis",
        }[this.level];
    }

    get title() {
        return this.due ? formatDateTime(this.due) : "";
    }
}

registry.category("fields").add("water_countdown", {
    component: WaterCountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
});
