import { registry } from "@web/core/registry";

const stored = () => JSON.parse(sessionStorage.getItem("water_public_tour") || "{}");

/** Somebody without an account complains anonymously, notes number and code and follows the case. */
registry.category("web_tour.tours").add("water_public_file_tour", {
    steps: () => [
        {
            content: "Complaint",
            trigger: ".o_water_tile[href$='/water/report/complaint']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The way I was served",
            trigger: ".o_water_family summary:contains(The way I was served)",
            run: "click",
        },
        {
            content: "Rude",
            trigger: ".o_water_choice:contains(A member of staff was rude to me)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The browser has done its work under the policy of the page",
            trigger: ".o_water_public_form .o_water_proof [data-state=done]:not(.d-none)",
        },
        {
            content: "What happened",
            trigger: "#description",
            run: "edit Tour: rude at counter 3",
        },
        {
            content: "When",
            trigger: "#occurred_at",
            run() {
                this.anchor.value = "2026-03-01T10:30";
            },
        },
        {
            content: "What is asked for",
            trigger: "#demand",
            run: "edit An apology",
        },
        {
            content: "Where",
            trigger: "#address",
            run: "edit Counter 3 of the service hall",
        },
        {
            content: "Without a name",
            trigger: "#is_anonymous",
            run: "click",
        },
        {
            content: "The name is not asked for any more",
            trigger: ".o_water_public_form:has(#is_anonymous:checked):not(:has(#contact_name:visible))",
        },
        {
            content: "Go on",
            trigger: ".o_water_public_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Everything is read back",
            trigger: ".o_water_check dd:contains(Counter 3 of the service hall)",
        },
        {
            content: "Yes",
            trigger: ".o_water_check button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Number and code",
            trigger: ".o_water_code",
            run() {
                const [number, code] = [...document.querySelectorAll("output")].map((el) => el.textContent);
                sessionStorage.setItem("water_public_tour", JSON.stringify({ number, code }));
            },
        },
        {
            content: "It can be printed",
            trigger: ".o_water_print:not(.d-none)",
        },
        {
            content: "Follow it",
            trigger: "a[href$='/water/track']:contains(Follow the case)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Number",
            trigger: ".o_water_track #number",
            run({ edit }) {
                return edit(stored().number);
            },
        },
        {
            content: "Code",
            trigger: ".o_water_track #code",
            run({ edit }) {
                return edit(stored().code);
            },
        },
        {
            content: "Show it",
            trigger: ".o_water_track button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Received, and the promise",
            trigger: ".o_water_timeline .o_water_present:contains(Received) .o_water_promise",
        },
    ],
});

registry.category("web_tour.tours").add("water_public_confirm_tour", {
    steps: () => [
        {
            content: "Number",
            trigger: ".o_water_track #number",
            run({ edit }) {
                return edit(new URLSearchParams(location.search).get("tour").split("|")[0]);
            },
        },
        {
            content: "Code",
            trigger: ".o_water_track #code",
            run({ edit }) {
                return edit(new URLSearchParams(location.search).get("tour").split("|")[1]);
            },
        },
        {
            content: "Show it",
            trigger: ".o_water_track button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Very satisfied with the result",
            trigger: ".o_water_stars label:has(input[name=result][value='5'])",
            run: "click",
        },
        {
            content: "Satisfied with the handling",
            trigger: ".o_water_stars label:has(input[name=process][value='4'])",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: "form[action$='/confirm'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thank you",
            trigger: ".alert-success:contains(Thank you for your confirmation)",
        },
    ],
});
