"""Pages, API and open data for people without Grafana."""
