import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const menu = (name) => `.o_menu_sections [data-menu-xmlid='water_service_desk.${name}']`;
const HOME = {
    content: _t("This is your home page: open work and due dates. Click your list."),
    trigger: ".o_water_home .o_water_home_list .card-header",
    tooltipPosition: "bottom",
    run: "click",
};

tours.add("water_agent_first_steps", {
    url: "/odoo/water-home",
    steps: () => [
        HOME,
        {
            content: _t("The telephone rings. Type the number, a name or an address …"),
            trigger: ".o_water_home .o_water_home_call",
            tooltipPosition: "bottom",
            run: "edit 13800136035",
        },
        {
            content: _t("… and press Enter."),
            trigger: ".o_water_home .o_water_home_call",
            tooltipPosition: "bottom",
            run: "press Enter",
        },
        {
            content: _t(
                "Write down what they say, in their own words. The category and the questions to ask follow from it."
            ),
            trigger: ".o_water_call .o_field_widget[name=verbatim] textarea",
            tooltipPosition: "bottom",
            run: "edit 家里没有水",
        },
        {
            content: _t(
                "What you answer stands here. The buttons above register the case, each with a key: press “?” to see them. No case has been registered now."
            ),
            trigger: ".o_water_call .o_field_widget[name=answer] textarea",
            tooltipPosition: "top",
            run: "click",
        },
        {
            content: _t("Back to the home page."),
            trigger: menu("menu_home"),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_water_home" },
    ],
});

tours.add("water_department_first_steps", {
    url: "/odoo/water-home",
    steps: () => [
        HOME,
        {
            content: _t("What the service desk sends to your department stands here."),
            trigger: menu("menu_dispatch"),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Accept it, or return it with a reason. Click the column of what waits."),
            trigger: ".o_kanban_view .o_kanban_header, .o_kanban_view .o_view_nocontent",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Visiting staff open the tasks of the day here."),
            trigger: menu("menu_work"),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("It works on the phone, and without a network."),
            trigger: ".o-dropdown--menu [data-menu-xmlid='water_service_desk.menu_field']",
            tooltipPosition: "right",
            run: "click",
        },
        {
            content: _t(
                "Stops stand in order. The button for the next step lies below, under the thumb; here is what waits to be sent."
            ),
            trigger: ".o_water_field .o_water_field_sync",
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});

tours.add("water_supervisor_first_steps", {
    url: "/odoo/water-home",
    steps: () => [
        HOME,
        {
            content: _t("Who has how much, and how much of it is late. A number opens the list."),
            trigger: ".o_water_home .o_water_home_load h2, .o_water_home .o_water_home_figures h2",
            tooltipPosition: "top",
            run: "click",
        },
        {
            content: _t("Everything that has a time limit stands on the duty board."),
            trigger: menu("menu_overview"),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("What is late stands at the left. Arrows and J, K move, Enter opens."),
            trigger: ".o_water_duty_column",
            tooltipPosition: "right",
            run: "click",
        },
        {
            content: _t("Back to the home page."),
            trigger: menu("menu_home"),
            tooltipPosition: "bottom",
            run: "click",
        },
        { trigger: ".o_water_home" },
    ],
});
