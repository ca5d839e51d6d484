import { registry } from "@web/core/registry";

/**
 * Quality calls a customer who says that it is not solved; the case is taken up again.
 */
registry.category("web_tour.tours").add("water_callback_reopen_tour", {
    steps: () => [
        {
            content: "The call may be made now; open it",
            trigger:
                ".o_list_view .o_data_row:contains(Tour: still leaks) .o_data_cell[name=case_subject]",
            run: "click",
        },
        {
            content: "Begin",
            trigger: ".o_form_view button[name=action_start]",
            run: "click",
        },
        {
            content: "The questions of the script are there",
            trigger: ".o_field_widget[name=answer_ids] .o_data_row:contains(Is the matter solved)",
        },
        {
            content: "He says that it is not solved",
            trigger: ".o_field_widget[name=outcome] .o_radio_item:contains(Not solved) input",
            run: "click",
        },
        {
            content: "Keep his words",
            trigger: ".o_field_widget[name=remark] textarea",
            run: "edit It drips again",
        },
        {
            content: "Finish",
            trigger: ".o_form_view button[name=action_done]",
            run: "click",
        },
        {
            content: "The call is done; look at the case",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Done)",
        },
        {
            content: "Open the case",
            trigger: ".o_form_view button[name=action_open_case]",
            run: "click",
        },
        {
            content: "It is in progress again",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(In progress)",
        },
    ],
});
