import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { WaterCountdown } from "@water_service_desk/components/countdown/countdown";
import { spanText } from "@water_service_desk/core/span_text";

/**
 * The time left until a limit. Reads ``deadline_state`` of a case, or ``state`` and
 * ``warned_at`` of a clock, beside the datetime where they are there. It is a countdown itself,
 * and holds none: a full board has more than a hundred.
 */
export class WaterCountdownField extends WaterCountdown {
    static template = "water_service_desk.CountdownField";
    static props = { ...standardFieldProps };
    static defaultProps = {};

    get due() {
        return this.props.record.data[this.props.name];
    }

    get told() {
        const { deadline_state: told, state, warned_at: warned } = this.props.record.data;
        return told || (state === "running" && warned ? "soon" : state) || false;
    }
}

registry.category("fields").add("water_countdown", {
    component: WaterCountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    listViewWidth: 180,
});

/** A number of minutes in words; nothing for none. */
export class WaterMinutesField extends Component {
    static template = "water_service_desk.MinutesField";
    static props = { ...standardFieldProps };

    get text() {
        const minutes = this.props.record.data[this.props.name];
        return minutes ? spanText(minutes) : "";
    }
}

registry.category("fields").add("water_minutes", {
    component: WaterMinutesField,
    displayName: _t("Minutes in words"),
    supportedTypes: ["integer"],
    listViewWidth: 110,
});
