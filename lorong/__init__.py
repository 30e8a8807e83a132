"""The application: puts the parts together, and the one command line."""
