{
    "name": "Debian: mail assets",
    "summary": "Drops the one script that Debian's Odoo package leaves out of mail",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Water Service Desk contributors",
    "license": "AGPL-3",
    "depends": ["mail"],
    "auto_install": True,
    "assets": {
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
    },
}
