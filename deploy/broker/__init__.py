"""The broker's configuration: who may speak to it, and how it shows that it is the one."""
