"""What every part agrees on: catalogue, wire, outbox, sites, settings, clock, errors, logs."""
