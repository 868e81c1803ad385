"""Traces by OpenTelemetry, for whoever switches them on; without that nothing of it is imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from sverka.config.watching import Watching
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.watch import trace_with


@contextmanager
def tracing(wanted: Watching) -> Iterator[None]:
    """Send spans to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names, while the block runs, if traces are on.

    Raises:
        Misconfigured: they are switched on, and what sends them is not installed.
    """
    if not wanted.has_traces:
        yield
        return
    try:
        otel = import_module("sverka.operate.otel")
    except ModuleNotFoundError as error:
        raise Misconfigured(
            Text(
                f"SVERKA_TRACES needs more installed ({error.name} is missing): `pip install 'sverka[telemetry]'`.",
                f"Для SVERKA_TRACES нужно доустановить пакеты (нет {error.name}): `pip install 'sverka[telemetry]'`.",
            )
        ) from None
    provider = otel.to_collector()
    trace_with(otel.tracer_of(provider))
    try:
        yield
    finally:
        trace_with(None)
        provider.shutdown()
