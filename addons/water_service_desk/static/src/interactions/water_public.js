import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { WaterForm } from "./water_form";

const WORKER = "/water_service_desk/static/src/public/proof_worker.js";
const CHALLENGE = "/water/report/challenge";

/** A form without an account: as any form of ours, and the browser's work is handed in with it. */
export class WaterPublicForm extends WaterForm {
    static selector = ".o_water_public_form";
    dynamicContent = {
        _root: { "t-on-input": this.keepDraft, "t-on-submit": this.onSubmit },
        "input[type=file]": { "t-on-change": this.showFiles },
        ".o_water_locate": { "t-on-click": this.locate },
        ".o_water_unlocate": { "t-on-click": this.unlocate },
    };

    setup() {
        super.setup();
        this.waiting = false;
    }

    start() {
        super.start();
        this.el.querySelector(".o_water_gps").classList.toggle("d-none", !navigator.geolocation);
        this.showPosition();
        this.work();
    }

    // -- proof of work ------------------------------------------------------------------------

    get answer() {
        return this.el.querySelector("[name=altcha]");
    }

    say(state) {
        for (const words of this.el.querySelectorAll(".o_water_proof [data-state]")) {
            words.classList.toggle("d-none", words.dataset.state !== state);
        }
    }

    async work() {
        this.say("busy");
        try {
            const address = `${CHALLENGE}?form=${this.el.dataset.form}`;
            const response = await this.waitFor(fetch(address, { credentials: "same-origin" }));
            const challenge = await this.waitFor(response.json());
            const solution = await this.waitFor(this.solve(challenge));
            if (solution === null) {
                throw new Error("no number found");
            }
            this.answer.value = btoa(JSON.stringify({ challenge, solution }));
            this.say("done");
        } catch {
            this.say("failed");
        }
        if (this.waiting && this.answer.value) {
            this.el.requestSubmit();
        }
    }

    solve(challenge) {
        return new Promise((resolve, reject) => {
            const worker = new Worker(WORKER);
            this.registerCleanup(() => worker.terminate());
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = reject;
            worker.postMessage(challenge);
        });
    }

    onSubmit(ev) {
        if (!this.answer.value) {
            ev.preventDefault();
            this.waiting = true;
            return;
        }
        super.onSubmit(ev);
    }

    // -- where the customer is ----------------------------------------------------------------

    get position() {
        return this.el.querySelector("[name=position]");
    }

    locate() {
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => {
                const { latitude, longitude, accuracy } = coords;
                this.position.value = `${latitude.toFixed(6)},${longitude.toFixed(6)},${Math.round(accuracy)}`;
                this.showPosition();
            },
            () => this.el.querySelector(".o_water_lost").classList.remove("d-none"),
            { enableHighAccuracy: true, timeout: 15000 }
        );
    }

    unlocate() {
        this.position.value = "";
        this.showPosition();
    }

    showPosition() {
        const [latitude, longitude, accuracy] = this.position.value.split(",");
        const known = Boolean(longitude);
        const text = accuracy ? `${latitude}, ${longitude} (±${accuracy} m)` : `${latitude}, ${longitude}`;
        this.el.querySelector(".o_water_located").textContent = known ? text : "";
        this.el.querySelector(".o_water_unlocate").classList.toggle("d-none", !known);
    }
}

/** The result can be printed. */
export class WaterPrint extends Interaction {
    static selector = ".o_water_print";
    dynamicContent = { _root: { "t-on-click": () => window.print() } };

    start() {
        this.el.classList.remove("d-none");
    }
}

registry.category("public.interactions").add("water_service_desk.public_form", WaterPublicForm);
registry.category("public.interactions").add("water_service_desk.print", WaterPrint);
