"""The reduction of reference data to the catalogue's tables and the folder of Makassar."""
