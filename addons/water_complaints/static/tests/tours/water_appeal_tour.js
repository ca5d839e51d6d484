import { registry } from "@web/core/registry";

/**
 * An agent looks at the letter in the dialog, changes a word, and sends it.
 */
registry.category("web_tour.tours").add("water_letter_preview_tour", {
    steps: () => [
        {
            content: "Tell the customer the result",
            trigger: "button[name=action_notify]",
            run: "click",
        },
        {
            content: "The words are composed from the case",
            trigger: ".modal .o_field_widget[name=body]:contains(Tour: the valve was replaced)",
        },
        {
            content: "Look at the letter",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "The PDF stands in the dialog",
            trigger: ".modal .o_field_pdf_viewer iframe[src*=pdfjs]",
        },
        {
            content: "The letter is drawn",
            trigger: ".modal .o_field_pdf_viewer :iframe .textLayer span:contains(Tour)",
        },
        {
            content: "Send it",
            trigger: ".modal button[name=action_send]:visible",
            run: "click",
        },
        {
            content: "The complaint waits for the customer now",
            trigger:
                "body:not(:has(.modal)) .o_form_view .alert:contains(waiting for the customer)",
        },
    ],
});

/**
 * A customer who does not agree asks for a review, on a narrow screen.
 */
registry.category("web_tour.tours").add("water_appeal_portal_tour", {
    steps: () => [
        {
            content: "The last day is told",
            trigger: "section[aria-labelledby=water_appeal] strong",
        },
        {
            content: "Open the form",
            trigger: "section[aria-labelledby=water_appeal] summary:contains(Ask for a review)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: "#appeal_reason",
            run: "edit Tour: the bill is still estimated",
        },
        {
            content: "Say what is asked for",
            trigger: "#appeal_demand",
            run: "edit Tour: bill what the meter shows",
        },
        {
            content: "Nothing sticks out of the narrow screen",
            trigger: "section[aria-labelledby=water_appeal]",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("the page is wider than the screen");
                }
            },
        },
        {
            content: "Send it",
            trigger: "section[aria-labelledby=water_appeal] button:contains(Send the appeal)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is received, with its number and its promised date",
            trigger: ".o_water_appeal:contains(SS20):contains(We will decide by)",
        },
    ],
});
