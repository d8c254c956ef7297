"""A trace of each payment over its whole life, sent to an OpenTelemetry collector. Only where it is switched on."""
