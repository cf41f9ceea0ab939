"""OTLP over HTTP, as protobuf (https://opentelemetry.io/docs/specs/otlp/). Imported only where an endpoint is configured."""
