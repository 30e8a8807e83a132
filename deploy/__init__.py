"""What a city installs: site folders, dashboards as code, and the files that start the services."""
