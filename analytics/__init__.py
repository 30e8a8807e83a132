"""Scheduled jobs that turn stored readings into indicators."""
