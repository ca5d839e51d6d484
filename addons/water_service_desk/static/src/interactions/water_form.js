import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

const MEGABYTE = 1024 * 1024;

/**
 * Comfort for the customer's forms; they work without it, and the server checks everything:
 * typed text survives an expired session, files are checked before they travel, and a second
 * press of the button is ignored.
 */
export class WaterForm extends Interaction {
    static selector = ".o_water_form";
    dynamicContent = {
        _root: { "t-on-input": this.keepDraft, "t-on-submit": this.onSubmit },
        "input[type=file]": { "t-on-change": this.showFiles },
    };

    setup() {
        this.key = `water_draft:${this.el.dataset.draft}`;
        this.sent = false;
    }

    start() {
        if (this.el.closest(".o_water_case")?.dataset.sent === this.el.dataset.draft) {
            sessionStorage.removeItem(this.key); // forms start before the page around them
        }
        const draft = JSON.parse(sessionStorage.getItem(this.key) || "{}");
        for (const field of this.textFields()) {
            if (!field.value && draft[field.name]) {
                field.value = draft[field.name];
            }
        }
    }

    textFields() {
        return this.el.querySelectorAll("textarea, input[type=text], input[type=datetime-local]");
    }

    keepDraft() {
        const draft = {};
        for (const field of this.textFields()) {
            draft[field.name] = field.value;
        }
        sessionStorage.setItem(this.key, JSON.stringify(draft));
    }

    showFiles(ev) {
        const input = ev.currentTarget;
        const fault = this.fileFault(input);
        input.setCustomValidity(fault);
        input.reportValidity();
        const names = [...input.files].map((file) => {
            const item = document.createElement("li");
            item.textContent = `${file.name} (${Math.max(file.size / MEGABYTE, 0.1).toFixed(1)} MB)`;
            return item;
        });
        input.parentElement.querySelector(".o_water_chosen")?.replaceChildren(...names);
    }

    fileFault(input) {
        const { maxFiles, maxMb } = input.dataset;
        if (input.files.length > Number(maxFiles)) {
            return _t("Choose at most %s files.", maxFiles);
        }
        const large = [...input.files].find((file) => file.size > Number(maxMb) * MEGABYTE);
        return large ? _t("“%(name)s” is larger than %(limit)s MB.", { name: large.name, limit: maxMb }) : "";
    }

    onSubmit(ev) {
        if (this.sent) {
            ev.preventDefault();
            return;
        }
        this.sent = true;
        this.el.querySelector("button[type=submit]").classList.add("disabled");
    }
}

/** What is missing or wrong is read out at once, and the next Tab leads from there. */
export class WaterErrors extends Interaction {
    static selector = "#water_errors";

    start() {
        this.el.focus();
    }
}

/** The page of a case: drafts of what has been sent are dropped, the number can be copied. */
export class WaterCase extends Interaction {
    static selector = ".o_water_case";
    dynamicContent = {
        ".o_water_copy": { "t-on-click": this.copy },
    };

    start() {
        sessionStorage.removeItem(`water_draft:${this.el.dataset.sent}`);
        this.el.querySelector(".o_water_copy")?.classList.toggle("d-none", !navigator.clipboard);
    }

    async copy(ev) {
        const button = ev.currentTarget;
        await this.waitFor(navigator.clipboard.writeText(button.dataset.text));
        button.querySelector("span").textContent = _t("Copied");
    }
}

registry.category("public.interactions").add("water_service_desk.water_form", WaterForm);
registry.category("public.interactions").add("water_service_desk.water_errors", WaterErrors);
registry.category("public.interactions").add("water_service_desk.water_case", WaterCase);
