"""The reduction of reference data to the catalogue's tables and the folders of sites."""
