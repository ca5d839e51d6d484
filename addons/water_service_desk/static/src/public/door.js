/** @odoo-module ignore
 * Comfort of the customers' pages, on the public ones without Odoo's scripts. All forms work
 * without it but for the check that keeps programs out; the server checks everything again.
 */
(() => {
    "use strict";
    const STALLED = 30000;
    const WORKER = "/water_service_desk/static/src/public/proof_worker.js";
    const CHALLENGE = "/water/report/challenge";

    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const show = (node, shown) => node?.classList.toggle("d-none", !shown);

    // -- what is typed stays: Back, reload, language, an expired session ------------------------

    const UNKEPT = ["hidden", "file", "submit", "password"];
    const NOT_TYPED = ["website", "keep"]; // the trap, and files, which the server keeps
    const isKept = ({ type, name }) => name && !NOT_TYPED.includes(name) && !UNKEPT.includes(type);
    const fields = (form) => all(form, "textarea, select, input").filter(isKept);

    function remember(form) {
        const kept = {};
        for (const { type, name, value, checked } of fields(form)) {
            if (type === "checkbox") {
                kept[name] = [...(kept[name] || []), ...(checked ? [value] : [])];
            } else if (type !== "radio" || checked) {
                kept[name] = value;
            }
        }
        sessionStorage.setItem(`water_draft:${form.dataset.draft}`, JSON.stringify(kept));
    }

    /** Whether somebody has typed while this script was on its way. */
    function isTyped({ form, type, name, value, defaultValue, options }) {
        if (["radio", "checkbox"].includes(type)) {
            const group = fields(form).filter((field) => field.name === name);
            return group.some(({ checked, defaultChecked }) => checked !== defaultChecked);
        }
        if (options) {
            const proposed = [...options].find((one) => one.defaultSelected) || options[0];
            return value !== proposed?.value;
        }
        return value !== defaultValue;
    }

    /** What was typed last goes before what the page proposes, also where it was emptied. */
    function recall(form) {
        const draft = sessionStorage.getItem(`water_draft:${form.dataset.draft}`);
        const kept = JSON.parse(draft || "{}");
        const old = fields(form).filter((field) => field.name in kept && !isTyped(field));
        for (const field of old) {
            if (["radio", "checkbox"].includes(field.type)) {
                field.checked = [].concat(kept[field.name]).includes(field.value);
            } else {
                field.value = kept[field.name];
            }
        }
    }

    // -- the browser's work ---------------------------------------------------------------------

    function solve(challenge) {
        return new Promise((resolve, reject) => {
            const worker = new Worker(WORKER);
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = reject;
            worker.postMessage(challenge);
        });
    }

    async function work(form) {
        const words = all(form, ".o_water_proof [data-state]");
        const say = (state) => {
            form.dataset.work = state;
            words.forEach((one) => show(one, one.dataset.state === state));
        };
        say("busy");
        let challenge = null;
        try {
            const answer = form.elements.altcha;
            const address = `${CHALLENGE}?form=${answer.dataset.form}`;
            challenge = await (await fetch(address, { credentials: "same-origin" })).json();
            const solution = await solve(challenge);
            if (solution === null) {
                throw new Error("no number found");
            }
            answer.value = btoa(JSON.stringify({ challenge, solution }));
            say("done");
        } catch {
            say(challenge ? "failed" : "lost"); // a line that was lost is not the browser's fault
        }
        form.dispatchEvent(new CustomEvent("water:worked"));
    }

    // -- where the customer is, and what is known there -----------------------------------------

    function places(form) {
        const box = form.querySelector(".o_water_gps");
        if (!box || !navigator.geolocation) {
            return;
        }
        const position = form.elements.position;
        const tell = () => {
            const [latitude, longitude, accuracy] = position.value.split(",");
            box.querySelector(".o_water_located").textContent = longitude
                ? `${latitude}, ${longitude}${accuracy ? ` (±${accuracy} m)` : ""}`
                : "";
            show(box.querySelector(".o_water_unlocate"), Boolean(longitude));
        };
        box.querySelector(".o_water_locate").addEventListener("click", () =>
            navigator.geolocation.getCurrentPosition(
                ({ coords }) => {
                    const { latitude, longitude, accuracy } = coords;
                    const place = [latitude.toFixed(6), longitude.toFixed(6), Math.round(accuracy)];
                    position.value = place.join(",");
                    tell();
                },
                () => show(box.querySelector(".o_water_lost"), true),
                { enableHighAccuracy: true, timeout: 15000 }
            )
        );
        box.querySelector(".o_water_unlocate").addEventListener("click", () => {
            position.value = "";
            tell();
        });
        show(box, true);
        tell();
    }

    function known(form) {
        const box = form.querySelector("[data-near]");
        const address = form.elements.address;
        if (!box || !address) {
            return;
        }
        const ask = async () => {
            const place = address.value.trim();
            const near = `${box.dataset.near}?place=${encodeURIComponent(place)}`;
            const answer = place && (await fetch(near).catch(() => null));
            const rows = answer && answer.ok ? await answer.json() : [];
            box.replaceChildren(
                ...rows.map(({ line, path }) => {
                    const item = document.createElement("p");
                    item.className = "alert alert-warning mb-2";
                    const link = document.createElement("a");
                    Object.assign(link, { href: path, className: "alert-link" });
                    link.textContent = box.dataset.words;
                    item.append(line, " ", link);
                    return item;
                })
            );
        };
        address.addEventListener("change", ask);
        ask();
    }

    // -- forms ----------------------------------------------------------------------------------

    function form(node) {
        let sent = false;
        let waiting = false;
        const button = node.querySelector("button[type=submit]");
        const choosers = all(node, "input[type=file][data-upload]");
        const uploads = choosers.map((input) => new globalThis.WaterUploads(node, input));
        const needsWork = Boolean(node.elements.altcha);
        const isReady = () =>
            (!needsWork || node.elements.altcha.value) &&
            uploads.every((one) => !one.open && !one.failed.size);
        const rest = () => {
            sent = waiting = false;
            button?.classList.remove("disabled");
        };
        const isBusy = () =>
            node.dataset.work === "busy" || uploads.some((one) => one.open);
        const goOn = ({ detail }) => {
            if (waiting && isReady()) {
                node.requestSubmit();
            } else if (detail?.failed || (waiting && !isBusy())) {
                // a file is not left behind unasked, and the words beside each say what to do
                if (waiting) {
                    uploads.forEach((one) => one.show());
                }
                rest();
            }
        };
        const workAgain = () => {
            if (needsWork && node.dataset.work === "lost") {
                work(node);
            }
        };
        if (node.dataset.draft) {
            recall(node);
            node.addEventListener("input", () => remember(node));
        }
        node.addEventListener("submit", (ev) => {
            if (sent || !isReady()) {
                ev.preventDefault();
                waiting = !sent;
                button?.classList.add("disabled");
                workAgain();
                uploads.forEach((one) => one.retry());
                goOn({});
                return;
            }
            sent = true;
            button?.classList.add("disabled");
            setTimeout(rest, STALLED); // a stalled line: the button comes back
        });
        node.addEventListener("water:worked", goOn);
        node.addEventListener("water:uploaded", goOn);
        window.addEventListener("online", workAgain);
        window.addEventListener("pageshow", ({ persisted }) => {
            rest();
            if (persisted && needsWork) {
                node.elements.altcha.value = ""; // each check counts once
                work(node);
            }
        });
        places(node);
        known(node);
        if (needsWork) {
            work(node);
        }
    }

    function start() {
        for (const node of all(document, "[data-sent]")) {
            sessionStorage.removeItem(`water_draft:${node.dataset.sent}`);
        }
        all(document, "form.o_water_form, form.o_water_public_form").forEach(form);
        all(document, "input[type=file]:not([data-upload])").forEach(globalThis.waterPlainFiles);
        document.querySelector("#water_errors")?.focus();
        for (const button of all(document, ".o_water_copy")) {
            show(button, Boolean(navigator.clipboard));
            button.addEventListener("click", async () => {
                await navigator.clipboard.writeText(button.dataset.text);
                button.querySelector("span").textContent = button.dataset.done;
            });
        }
        for (const button of all(document, ".o_water_print")) {
            show(button, true);
            button.addEventListener("click", () => window.print());
        }
        if (window.top !== window.self) {
            // a page of another site holds this one: its visit has no session there to file with
            all(document, "a[href]").forEach((link) => (link.target = "_top"));
        }
        if (document.querySelector("link[rel=manifest]")) {
            window.addEventListener("load", () => {
                navigator.serviceWorker
                    ?.register("/water/worker.js", { scope: "/" })
                    .catch(() => {}); // a browser that keeps nothing has no such page
            });
        }
    }

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", start);
    } else {
        queueMicrotask(start); // once all of the bundle is there
    }
})();
