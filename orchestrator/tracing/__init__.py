"""A run as spans for OpenTelemetry: made from its journal, sent over OTLP."""
