"""A lane's weather, soil, crops and people, made up from a seed and from physics."""
