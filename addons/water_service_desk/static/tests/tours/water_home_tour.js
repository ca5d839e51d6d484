import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("water_home_tour", {
    steps: () => [
        {
            content: "The app opens with the first page",
            trigger: ".o_app[data-menu-xmlid='water_service_desk.menu_root'], .o_water_home",
            async run({ click, anchor }) {
                if (anchor.matches(".o_app")) {
                    await click();
                }
            },
        },
        {
            content: "My work is listed by what is due",
            trigger: ".o_water_home [data-section=work] li:contains(水表倒转) .btn-link",
            run: "click",
        },
        {
            content: "The row opens the case",
            trigger: ".o_form_view .o_field_widget[name=subject]",
        },
        {
            content: "Back to the first page",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_home']",
            run: "click",
        },
        {
            content: "Articles stand in the menu",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_knowledge']",
            run: "click",
        },
        {
            content: "A rarer list opens from the one it belongs to",
            trigger: ".o_control_panel .o_cp_action_menus button[data-hotkey=u]",
            run: "click",
        },
        {
            content: "It is named there",
            trigger: ".o_water_list_link:contains(Canned Answers)",
            run: "click",
        },
        {
            content: "The list is open",
            trigger: ".o_breadcrumb:contains(Canned Answers)",
        },
        {
            content: "Home again",
            trigger: ".o_menu_sections [data-menu-xmlid='water_service_desk.menu_home']",
            run: "click",
        },
        {
            content: "Who calls is looked up at once",
            trigger: ".o_water_home .o_water_home_call",
            async run({ edit, press }) {
                await edit("13812345678");
                await press("Enter");
            },
        },
        {
            content: "The call screen knows him",
            trigger: ".o_form_view .o_field_widget[name=contact_name] input:value(张伟)",
        },
    ],
});
