import { registry } from "@web/core/registry";

/** Quality looks at the checklist, opens what an item is about, and archives the complaint. */
registry.category("web_tour.tours").add("water_complaint_archive_tour", {
    steps: () => [
        {
            content: "The checklist stands above the events",
            trigger: ".o_notebook .nav-link[name=file]",
            run: "click",
        },
        {
            content: "Each item says what is there, or why it does not apply",
            trigger: ".o_water_checklist [data-key=negotiation]:contains(did not object)",
        },
        {
            content: "Open the notice",
            trigger: ".o_water_checklist [data-key=notice] button",
            run: "click",
        },
        {
            content: "There it is; go back",
            trigger: "body:not(:has(.o_form_view)) .o_list_view .o_data_row",
        },
        {
            content: "Back to the complaint",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "File it",
            trigger: "button[name=action_archive_case]",
            run: "click",
        },
        {
            content: "It has an archive number now",
            trigger: ".o_notebook .nav-link[name=file]",
            run: "click",
        },
        {
            content: "The number",
            trigger: ".o_field_widget[name=archive_number]:contains(DA)",
        },
    ],
});
