import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;
const card = (name) => `${column(name)} .o_kanban_record:contains(Tour: low pressure)`;

/**
 * An agent drags too soon and is told why, reads the matter back, then drags again.
 */
registry.category("web_tour.tours").add("water_complaint_board_tour", {
    steps: () => [
        {
            content: "Look for the complaint, so that the board fits the screen",
            trigger: ".o_searchview_input",
            run: "edit Tour: low pressure",
        },
        {
            content: "Search",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Tour: low pressure)",
            run: "click",
        },
        {
            content: "Drag the new complaint before it was read back",
            trigger: `.o_kanban_renderer:not(:has(.o_kanban_record:contains(Another matter))) ${card(
                "Registered"
            )}`,
            async run({ drag_and_drop }) {
                await drag_and_drop(column("Dispatched"), {
                    position: { top: 120, left: 60 },
                    relative: true,
                });
            },
        },
        {
            content: "One sentence says what is missing",
            trigger: ".modal .modal-body:contains(read the matter back to the customer)",
        },
        {
            content: "Close the dialog",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The card is back where it was; open it",
            trigger: `body:not(:has(.modal)) ${card("Registered")}`,
            run: "click",
        },
        {
            content: "The banner says that nothing was read back; do it",
            trigger:
                ".o_form_view:has(.alert:contains(Not read back yet)) button[name=action_readback]",
            run: "click",
        },
        {
            content: "The customer's words are read out",
            trigger: ".modal .o_field_widget[name=summary]:contains(Restore the pressure)",
        },
        {
            content: "He says yes",
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Dispatching is the next step now",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.alert-warning:visible)) button.btn-primary[name=action_dispatch]",
            run: "click",
        },
        {
            content: "The category proposes the department",
            trigger: ".modal .o_field_widget[name=department_id] input:value(Network)",
        },
        {
            content: "Send it",
            trigger: ".modal footer button[name=action_dispatch]",
            run: "click",
        },
        {
            content: "The complaint has moved",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(Dispatched)",
        },
        {
            content: "Back to the board",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "The card waits for the department",
            trigger: `${card("Dispatched")}:contains(Not accepted yet)`,
        },
    ],
});
