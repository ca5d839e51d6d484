import { registry } from "@web/core/registry";

/** An agent writes a forbidden phrase to a customer, is warned, and writes it again. */
registry.category("web_tour.tours").add("water_wording_tour", {
    steps: () => [
        { trigger: "button.o-mail-Chatter-sendMessage", run: "click" },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit 这个我不知道",
        },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".modal-body:contains(请您稍等)" },
        { trigger: ".modal-footer .btn-secondary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o-mail-Composer-input", run: "edit 我马上为您核实" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains(我马上为您核实)" },
    ],
});
