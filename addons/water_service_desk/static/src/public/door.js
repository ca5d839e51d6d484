/** @odoo-module ignore
 * Comfort of the customers' pages, on the public ones without Odoo's scripts. All forms work
 * without it but for the check that keeps programs out; the server checks everything again.
 */
(() => {
    "use strict";
    const MEGABYTE = 1024 * 1024;
    const isLarge = (file, maxMb) => file.size > Number(maxMb) * MEGABYTE;
    const STALLED = 30000;
    const WORKER = "/water_service_desk/static/src/public/proof_worker.js";
    const CHALLENGE = "/water/report/challenge";

    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const show = (node, shown) => node?.classList.toggle("d-none", !shown);

    // -- what is typed stays: Back, reload, language, an expired session ------------------------

    const UNKEPT = ["hidden", "file", "submit", "password"];
    const isKept = ({ type, name }) => name && name !== "website" && !UNKEPT.includes(type);
    const fields = (form) => all(form, "textarea, select, input").filter(isKept);

    function remember(form) {
        const kept = {};
        for (const field of fields(form)) {
            if (!["radio", "checkbox"].includes(field.type) || field.checked) {
                kept[field.name] = field.value;
            }
        }
        sessionStorage.setItem(`water_draft:${form.dataset.draft}`, JSON.stringify(kept));
    }

    function recall(form) {
        const draft = sessionStorage.getItem(`water_draft:${form.dataset.draft}`);
        const kept = JSON.parse(draft || "{}");
        const checked = fields(form).filter((field) => field.checked);
        const chosen = new Set(checked.map((field) => field.name));
        for (const field of fields(form)) {
            const value = kept[field.name];
            if (!value) {
                continue;
            }
            if (["radio", "checkbox"].includes(field.type)) {
                field.checked = chosen.has(field.name) ? field.checked : field.value === value;
            } else if (!field.value) {
                field.value = value;
            }
        }
    }

    // -- files: made smaller, sent one by one, each with its state ------------------------------

    class Uploads {
        constructor(form, input) {
            Object.assign(this, { form, input, queue: Promise.resolve(), open: 0 });
            this.words = JSON.parse(input.dataset.words);
            this.list = input.parentElement.querySelector(".o_water_chosen");
            input.addEventListener("change", () => this.take());
            form.addEventListener("click", (ev) => this.drop(ev));
        }

        take() {
            const { maxFiles, maxMb } = this.input.dataset;
            for (const file of [...this.input.files]) {
                const count = all(this.form, "[data-file]").length;
                if (count >= Number(maxFiles)) {
                    this.row(file.name).fail(this.words.many);
                } else if (isLarge(file, maxMb) && !file.type.startsWith("image/")) {
                    this.row(file.name).fail(this.words.large);
                } else {
                    this.add(file);
                }
            }
            this.input.value = "";
        }

        row(name) {
            const item = document.createElement("li");
            item.className = "o_water_upload";
            const label = document.createElement("span");
            label.className = "text-break";
            label.textContent = name;
            const state = document.createElement("span");
            state.className = "small";
            const button = document.createElement("button");
            button.type = "button";
            button.className = "btn btn-link btn-sm p-2";
            item.append(label, state, button);
            this.list.append(item);
            const fail = (text, again) => {
                item.removeAttribute("data-file");
                state.textContent = text;
                state.classList.add("text-danger");
                button.textContent = again ? this.words.again : this.words.remove;
                button.onclick = () => {
                    item.remove();
                    again?.();
                };
            };
            return { item, state, button, fail };
        }

        add(original) {
            const row = this.row(original.name);
            row.item.dataset.file = "";
            row.state.textContent = this.words.waiting;
            row.button.hidden = true;
            this.open += 1;
            this.queue = this.queue.then(async () => {
                try {
                    const sent = await this.send(await globalThis.waterSmaller(original), row);
                    this.form.elements.draft.value = sent.draft;
                    const here = new URL(location);
                    here.searchParams.set("draft", sent.draft);
                    history.replaceState(null, "", here); // reload and language bring the files back
                    this.kept(row, sent);
                } catch (error) {
                    row.button.hidden = false;
                    row.fail(error.message || this.words.failed, () => this.add(original));
                }
                this.open -= 1;
                this.form.dispatchEvent(new CustomEvent("water:uploaded"));
            });
        }

        send(file, row) {
            return new Promise((resolve, reject) => {
                const request = new XMLHttpRequest();
                let quiet = 0;
                const alive = () => {
                    clearTimeout(quiet);
                    quiet = setTimeout(() => request.abort(), STALLED);
                };
                const data = new FormData();
                data.append("csrf_token", this.form.elements.csrf_token.value);
                data.append("draft", this.form.elements.draft.value);
                data.append("files", file, file.name);
                request.open("POST", this.input.dataset.upload);
                request.upload.onprogress = ({ loaded, total }) => {
                    alive();
                    row.state.textContent = `${Math.round((100 * loaded) / total)} %`;
                };
                request.onload = () => {
                    clearTimeout(quiet);
                    let answer = {};
                    try {
                        answer = JSON.parse(request.responseText);
                    } catch {
                        // a page instead of an answer says nothing that fits here
                    }
                    const fault = new Error(answer.error || "");
                    request.status === 200 ? resolve(answer) : reject(fault);
                };
                request.onerror = request.onabort = () => reject(new Error(this.words.lost));
                alive();
                request.send(data);
            });
        }

        kept(row, { id, name, url, is_image }) {
            row.item.dataset.file = id;
            row.state.textContent = this.words.done;
            row.state.classList.remove("text-danger");
            row.button.hidden = false;
            row.button.textContent = this.words.remove;
            row.button.dataset.drop = id;
            const keep = document.createElement("input");
            Object.assign(keep, { type: "hidden", name: "keep", value: id });
            row.item.append(keep);
            if (is_image) {
                const picture = document.createElement("img");
                const src = `${url}?thumb=1`;
                Object.assign(picture, { src, alt: name, className: "o_water_thumb" });
                row.item.prepend(picture);
            }
        }

        async drop(ev) {
            const button = ev.target.closest("[data-drop]");
            if (!button) {
                return;
            }
            const data = new FormData();
            data.append("csrf_token", this.form.elements.csrf_token.value);
            data.append("draft", this.form.elements.draft.value);
            data.append("file", button.dataset.drop);
            const asked = fetch("/water/report/drop", { method: "POST", body: data });
            const answer = await asked.catch(() => null);
            if (answer?.ok) {
                button.closest("li").remove();
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
        const say = (state) => words.forEach((one) => show(one, one.dataset.state === state));
        say("busy");
        try {
            const answer = form.elements.altcha;
            const address = `${CHALLENGE}?form=${answer.dataset.form}`;
            const challenge = await (await fetch(address, { credentials: "same-origin" })).json();
            const solution = await solve(challenge);
            if (solution === null) {
                throw new Error("no number found");
            }
            answer.value = btoa(JSON.stringify({ challenge, solution }));
            say("done");
        } catch {
            say("failed");
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
        const uploads = choosers.map((input) => new Uploads(node, input));
        const needsWork = Boolean(node.elements.altcha);
        const isReady = () =>
            (!needsWork || node.elements.altcha.value) && uploads.every((one) => !one.open);
        const rest = () => {
            sent = waiting = false;
            button?.classList.remove("disabled");
        };
        const goOn = () => {
            if (waiting && isReady()) {
                node.requestSubmit();
            } else if (waiting && needsWork && !node.elements.altcha.value) {
                rest(); // the words beside it say what to do
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
                return;
            }
            sent = true;
            button?.classList.add("disabled");
            setTimeout(rest, STALLED); // a stalled line: the button comes back
        });
        node.addEventListener("water:worked", goOn);
        node.addEventListener("water:uploaded", goOn);
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

    function plainFiles(input) {
        const { maxFiles, maxMb, words } = input.dataset;
        if (!words) {
            return;
        }
        const texts = JSON.parse(words);
        input.addEventListener("change", () => {
            const files = [...input.files];
            const large = files.some((file) => isLarge(file, maxMb));
            const many = files.length > Number(maxFiles);
            input.setCustomValidity(many ? texts.many : large ? texts.large : "");
            input.reportValidity();
            const names = files.map((file) => {
                const item = document.createElement("li");
                const size = Math.max(file.size / MEGABYTE, 0.1).toFixed(1);
                item.textContent = `${file.name} (${size} MB)`;
                return item;
            });
            input.parentElement.querySelector(".o_water_chosen")?.replaceChildren(...names);
        });
    }

    function start() {
        for (const node of all(document, "[data-sent]")) {
            sessionStorage.removeItem(`water_draft:${node.dataset.sent}`);
        }
        all(document, "form.o_water_form, form.o_water_public_form").forEach(form);
        all(document, "input[type=file]:not([data-upload])").forEach(plainFiles);
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
        start();
    }
})();
