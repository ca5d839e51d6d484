/** @odoo-module ignore
 * Files of the customers' forms: made smaller, sent one by one, each with its state.
 */
(() => {
    "use strict";
    const MEGABYTE = 1024 * 1024;
    /** Milliseconds after which a line that says nothing is given up. */
    const STALLED = 30000;
    const isLarge = (file, maxMb) => file.size > Number(maxMb) * MEGABYTE;
    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const withDraft = (address, draft) => {
        const url = new URL(address);
        url.searchParams.set("draft", draft);
        return url.href;
    };

    class Uploads {
        constructor(form, input) {
            Object.assign(this, { form, input, queue: Promise.resolve(), open: 0 });
            this.failed = new Set();
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
            const add = (tag, className, text = "") => {
                const node = document.createElement(tag);
                Object.assign(node, { className, textContent: text });
                return node;
            };
            const item = add("li", "o_water_upload");
            const state = add("span", "small");
            const again = add("button", "btn btn-link btn-sm p-2", this.words.again);
            const remove = add("button", "btn btn-link btn-sm p-2", this.words.remove);
            const row = { item, state, again, remove, gone: false, stop: null };
            again.type = remove.type = "button";
            again.hidden = true;
            remove.onclick = () => {
                row.gone = true;
                this.failed.delete(row);
                item.remove();
                row.stop?.(); // what is on its way or has stalled
                this.input.focus();
            };
            row.fail = (text) => {
                row.gone || this.failed.add(row);
                item.removeAttribute("data-file");
                state.textContent = text;
                state.classList.add("text-danger");
            };
            item.append(add("span", "text-break", name), state, again, remove);
            this.list.append(item);
            return row;
        }

        add(original) {
            const row = this.row(original.name);
            row.item.dataset.file = "";
            row.state.textContent = this.words.waiting;
            this.open += 1;
            this.queue = this.queue.then(() => this.upload(original, row));
        }

        async upload(original, row) {
            let failed = false;
            try {
                const file = await globalThis.waterSmaller(original);
                const sent = row.gone ? null : await this.send(file, row);
                if (sent) {
                    this.form.elements.draft.value = sent.draft;
                    // reload and language bring the files back; after an ended session they are
                    // gone, and the page to which signing in leads says so
                    history.replaceState(null, "", withDraft(location, sent.draft));
                    this.form.action = withDraft(this.form.action, sent.draft);
                    this.kept(row, sent);
                }
            } catch (error) {
                failed = !row.gone;
                row.fail(error.message || this.words.failed);
                row.again.hidden = false;
                row.again.onclick = () => {
                    row.item.remove();
                    this.failed.delete(row);
                    this.add(original);
                };
            }
            this.open -= 1;
            this.form.dispatchEvent(new CustomEvent("water:uploaded", { detail: { failed } }));
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
                request.onerror = request.onabort = () => {
                    clearTimeout(quiet);
                    reject(new Error(this.words.lost));
                };
                row.stop = () => request.abort();
                alive();
                request.send(data);
            });
        }

        kept(row, { id, name, url, is_image }) {
            row.item.dataset.file = id;
            row.state.textContent = this.words.done;
            row.state.classList.remove("text-danger");
            row.remove.onclick = null;
            row.remove.dataset.drop = id;
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

        /** Send once more what failed. */
        retry() {
            [...this.failed].forEach(({ again }) => again.hidden || again.click());
        }

        /** Lead to the first one that failed: it is sent again, or taken out. */
        show() {
            const [row] = this.failed;
            (row?.again.hidden ? row.remove : row?.again)?.focus();
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
                this.input.focus();
                return;
            }
            const state = button.closest("li").querySelector(".small");
            if (state) {
                state.textContent = this.words.lost;
                state.classList.add("text-danger");
            }
        }
    }

    /** Where nothing is sent beforehand: too many or too large is said before the form goes. */
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

    Object.assign(globalThis, { WaterUploads: Uploads, waterPlainFiles: plainFiles });
})();
