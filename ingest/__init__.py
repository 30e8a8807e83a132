"""The collector: take messages off the broker, make them durable, say so."""
