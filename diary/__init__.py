"""The harvest diary: one small page that works offline and sends later."""
