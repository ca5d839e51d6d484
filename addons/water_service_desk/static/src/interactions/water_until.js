import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { leftText } from "@water_service_desk/core/span_text";

const MINUTE = 60 * 1000;

/** The time left until a promised date on the customer's page, moving on by itself. */
export class WaterUntil extends Interaction {
    static selector = ".o_water_until";
    dynamicContent = {
        _root: {
            "t-out": () => leftText(Math.floor(Math.abs(this.remaining) / MINUTE), this.isLate),
            "t-att-class": () => ({ "text-danger": this.isLate }),
        },
    };

    setup() {
        this.due = Date.parse(this.el.dataset.due);
        // a wrong clock in the customer's telephone must not tell him a wrong time
        this.skew = Date.parse(this.el.dataset.now) - Date.now();
    }

    start() {
        const handle = setInterval(() => this.updateContent(), MINUTE / 2);
        this.registerCleanup(() => clearInterval(handle));
    }

    get remaining() {
        return this.due - Date.now() - this.skew;
    }

    get isLate() {
        return this.remaining < 0;
    }
}

registry.category("public.interactions").add("water_service_desk.until", WaterUntil);
