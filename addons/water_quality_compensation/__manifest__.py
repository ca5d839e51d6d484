{
    "name": "Water Service Quality: Compensation",
    "summary": "Key figures and a dashboard of compensations",
    "version": "19.0.1.0.0",
    "category": "Services/Water",
    "license": "AGPL-3",
    "author": "Water Service Desk contributors",
    "depends": ["water_compensation", "water_quality"],
    "external_dependencies": {"python": [], "apt": {}},
    "data": [
        "kpi/data/water_kpi_data.xml",
        "kpi/data/spreadsheet_dashboard_data.xml",
    ],
    "auto_install": True,
    "pre_init_hook": "take_up_counted",
    "uninstall_hook": "leave_counted",
}
