"""A node: drivers that read devices, and the loop that reads them on time."""
