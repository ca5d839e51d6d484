{
    "name": "Water Complaints",
    "summary": "Complaints of water customers, from the first word to the archive",
    "version": "19.0.1.0.0",
    "category": "Services/Water",
    "license": "AGPL-3",
    "author": "Water Service Desk contributors",
    "depends": ["water_service_desk", "account"],
    "data": [
        "security/ir.model.access.csv",
        "security/water_complaints_rules.xml",
        "data/ir_sequence_data.xml",
        "data/mail_template_data.xml",
        "data/water_stage_data.xml",
        "data/water_standard_data.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
    ],
    "application": True,
}
