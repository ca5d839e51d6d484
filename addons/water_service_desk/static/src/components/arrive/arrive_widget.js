import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A door must not wait for a satellite: after this time we arrive without a place. */
const PATIENCE = 6000;

/**
 * Where the phone is, or null when it does not know, does not say, or takes too long.
 *
 * @returns {Promise<{latitude: number, longitude: number, accuracy: number}|null>}
 */
export function whereAmI(geolocation = navigator.geolocation, patience = PATIENCE) {
    return new Promise((resolve) => {
        if (!geolocation) {
            resolve(null);
            return;
        }
        const giveUp = setTimeout(() => resolve(null), patience);
        const done = (place) => {
            clearTimeout(giveUp);
            resolve(place);
        };
        geolocation.getCurrentPosition(
            ({ coords }) =>
                done({
                    latitude: coords.latitude,
                    longitude: coords.longitude,
                    accuracy: coords.accuracy,
                }),
            () => done(null),
            { enableHighAccuracy: true, timeout: patience, maximumAge: 60000 }
        );
    });
}

/** The button at the customer's door: keeps the arrival with the place, if the phone gives it. */
export class WaterArrive extends Component {
    static template = "water_service_desk.Arrive";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ busy: false });
    }

    async arrive() {
        this.state.busy = true;
        try {
            const { record } = this.props;
            await record.save();
            const place = await whereAmI();
            await this.orm.call("water.visit", "action_arrive", [[record.resId]], place || {});
            await record.load();
            if (!place) {
                this.notification.add(_t("Arrival kept, without a place: the phone gave none."), {
                    type: "info",
                });
            }
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("water_arrive", { component: WaterArrive });
