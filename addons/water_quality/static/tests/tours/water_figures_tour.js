import { registry } from "@web/core/registry";

const state = (words) => `.o_statusbar_status .o_arrow_button_current:contains(${words})`;

/** Quality has looked at the figures of a month. */
registry.category("web_tour.tours").add("water_kpi_check_tour", {
    steps: () => [
        {
            content: "The figure and what it is made of",
            trigger: ".o_field_widget[name=company_line_ids] tr:contains(66.67 %):contains(2 / 3)",
        },
        { trigger: state("Draft") },
        { content: "Checked", trigger: "button[name=action_check]", run: "click" },
        { content: "Somebody else closes it", trigger: state("Checked") },
        { trigger: ".o_form_view:not(:has(button[name=action_close]))" },
    ],
});

/** The manager closes the month: it is sealed, and never changed again. */
registry.category("web_tour.tours").add("water_kpi_close_tour", {
    steps: () => [
        { trigger: "button[name=action_close]", run: "click" },
        { trigger: ".modal:contains(never changed)" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: state("Final") },
        { content: "Sealed, with its digest", trigger: ".o_field_widget[name=digest]" },
        { trigger: ".o_form_view:not(:has(button[name=action_recount]))" },
    ],
});

/** A department objects to a deduction. */
registry.category("web_tour.tours").add("water_objection_tour", {
    steps: () => [
        { trigger: ".o_notebook a[name=entries]", run: "click" },
        {
            content: "What is taken off, and the way to object",
            trigger: ".o_field_widget[name=entry_ids] button[name=action_object]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea, .modal [name=reason] input",
            run: "edit Tour: the customer moved the appointment",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view" },
        { trigger: ".o_notebook a[name=objections]", run: "click" },
        { trigger: ".o_field_widget[name=objection_ids] tr:contains(moved):contains(To decide)" },
    ],
});

/** Whoever has no part in it decides for the department. */
registry.category("web_tour.tours").add("water_objection_allowed_tour", {
    steps: () => [
        { trigger: ".o_field_widget[name=reason]:contains(moved)" },
        { trigger: "[name=answer] textarea", run: "edit Tour: the call is on record" },
        { trigger: "button[name=action_allow]", run: "click" },
        { trigger: state("Allowed") },
    ],
});
