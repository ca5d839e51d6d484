import { registry } from "@web/core/registry";

const column = (key) => `.o_water_duty_column[data-key=${key}]`;

/** A supervisor finds what burns, opens it, comes back to his place and looks at the wall. */
registry.category("web_tour.tours").add("water_duty_board_tour", {
    steps: () => [
        {
            content: "The late case stands in the first column, in words",
            trigger: `${column(
                "breached"
            )} .o_water_duty_card:contains(Tour: late):contains(Overdue by)`,
        },
        {
            content: "Only promises",
            trigger: "select[aria-label='Kind of clock']",
            run: "select promise",
        },
        {
            content: "The other clocks are gone; move to the first card by keyboard",
            trigger: `.o_water_duty:not(:has(.badge:contains(Completion))) ${column("breached")}`,
            run() {
                document.body.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "j", bubbles: true })
                );
            },
        },
        {
            content: "It has the focus; Enter on a link is a click",
            trigger: `${column("breached")} .o_water_duty_card:focus`,
            run: "click",
        },
        {
            content: "The case is open, and its clock explains itself",
            trigger: ".o_form_view .o_water_clock:contains(Promise)",
            run: "click",
        },
        {
            content: "How it came about",
            trigger: ".o_water_explanation:contains(Promised on)",
        },
        {
            content: "Back to the board",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "The choice is still there; now the wall",
            trigger: ".o_water_to_wall",
            run: "click",
        },
        {
            content: "No menus, and no words of the customer",
            trigger:
                "body:not(:has(.o_main_navbar)) .o_water_wall:not(:contains(Tour: late)) .o_water_duty_card",
        },
        {
            content: "Leave the wall",
            trigger: ".o_water_wall .btn:contains(Leave)",
            run: "click",
        },
        {
            content: "The menus are back; show everything again",
            trigger: "body:has(.o_main_navbar) button:contains(Show all)",
            run: "click",
        },
        {
            content: "Department counts narrow the board",
            trigger: ".o_water_duty_departments button[aria-pressed=false]:contains(Network)",
            run: "click",
        },
        {
            content: "Chosen",
            trigger: ".o_water_duty_departments button[aria-pressed=true]:contains(Network)",
        },
    ],
});
