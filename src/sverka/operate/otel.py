"""OpenTelemetry's side of traces; imported only where they are switched on (`sverka.operate.traces`)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from sverka.ports.watch import Tracer


def to_collector() -> TracerProvider:
    """Return a provider that sends spans by OTLP over HTTP, as OpenTelemetry's own environment variables say."""
    provider = TracerProvider(resource=Resource.create({"service.name": "sverka"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def tracer_of(provider: TracerProvider) -> Tracer:
    """Return what makes the hub's spans with it."""
    tracer = provider.get_tracer("sverka")

    @contextmanager
    def span(name: str, attributes: Mapping[str, str]) -> Iterator[None]:
        told = {f"sverka.{key}": value for key, value in attributes.items()}
        # Of an error only its kind is told: its words may hold an address or a customer's data.
        with tracer.start_as_current_span(
            name, attributes=told, record_exception=False, set_status_on_exception=False
        ) as one:
            try:
                yield
            except Exception as error:
                one.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    return span
