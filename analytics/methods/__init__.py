"""The indicators' formulas as pure functions, each with a published worked example."""
