import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("water_setup_tour", {
    steps: () => [
        {
            content: "The first page says that the company lacks something",
            trigger: ".o_water_home .o_water_home_setup",
            run: "click",
        },
        {
            content: "A step is tried",
            trigger: ".o_water_setup [data-step=calendar] .o_water_setup_try",
            run: "click",
        },
        {
            content: "It says what came of it",
            trigger: ".o_water_setup [data-step=calendar] .o_water_setup_tried.text-success",
        },
        {
            content: "What is missing stands there in words, with the way to mend it",
            trigger: ".o_water_setup [data-step=ladder][data-state=open] .o_water_setup_mend",
            run: "click",
        },
        {
            content: "The people are named there",
            trigger: ".modal .o_field_widget[name=water_desk_head_id]",
        },
        {
            content: "Closed, the list is back",
            trigger: ".modal .btn[special=cancel]",
            run: "click",
        },
        {
            content: "The list is there as before",
            trigger: "body:not(:has(.modal)) .o_water_setup [data-step=ladder]",
        },
    ],
});
