"""What the containers of docker compose need beside Lorong itself."""
