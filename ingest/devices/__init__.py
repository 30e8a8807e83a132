"""Other people's devices: heard on their own topics, and sent on as readings of their nodes."""
