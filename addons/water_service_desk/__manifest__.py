{
    "name": "Water Service Desk",
    "summary": "Inquiries, dispatch, call-backs, clocks and confidentiality for water companies",
    "version": "19.0.1.0.0",
    "category": "Services/Water",
    "license": "AGPL-3",
    "author": "Water Service Desk contributors",
    "depends": ["mail", "portal", "rating", "resource", "phone_validation"],
    "external_dependencies": {"python": ["chinesecalendar", "weasyprint"]},
    "data": [
        "security/water_service_desk_groups.xml",
        "security/ir.model.access.csv",
        "security/water_service_desk_rules.xml",
        "data/report_paperformat_data.xml",
        "data/ir_sequence_data.xml",
        "data/mail_template_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        "data/resource_calendar_data.xml",
        "data/water_stage_data.xml",
        "data/water_department_data.xml",
        "data/water_channel_data.xml",
        "data/water_category_data.xml",
        "data/water_standard_data.xml",
        "data/water_escalation_data.xml",
        
    ],
    "demo": [
        "demo/water_zone_demo.xml",
        "demo/res_partner_demo.xml",
        "demo/water_account_demo.xml",
        "demo/res_users_demo.xml",
        "demo/water_department_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "water_service_desk/static/src/components/**/*",
        ],
        "web.assets_unit_tests": [
            "water_service_desk/static/tests/*.test.js",
        ],
    },
    "application": True,
}
