import { registry } from "@web/core/registry";

/** A worker of a department opens her work, calls the customer, and the number is covered again. */
registry.category("web_tour.tours").add("water_reveal_tour", {
    steps: () => [
        {
            content: "The work in hand",
            trigger: ".o_kanban_record:contains(Tour: reveal) button:contains(Report)",
            run: "click",
        },
        {
            content: "The number is masked; the eye stands beside it",
            trigger: ".o_form_view .o_water_masked:contains(138****5678) button",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal input[value=appointment]",
            run: "click",
        },
        {
            content: "In words",
            trigger: ".modal #water_reveal_note",
            run: "edit Tomorrow morning",
        },
        {
            content: "Show",
            trigger: ".modal .btn-primary:enabled",
            run: "click",
        },
        {
            content: "It is there, to be called, and said to who cannot see",
            trigger: ".o_water_masked [role=status] a[href='tel:13812345678']",
        },
        {
            content: "Cover it",
            trigger: ".o_water_masked button",
            run: "click",
        },
        {
            content: "Masked again",
            trigger: ".o_water_masked:not(:has([role=status])):contains(138****5678)",
        },
    ],
});
