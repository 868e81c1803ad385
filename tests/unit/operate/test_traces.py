"""Traces: a span for each wave, read, write and request; without the switch nothing of them is there."""

import re
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from support.world import World
from sverka.config.watching import Watching
from sverka.connectors.kit.seen import asked
from sverka.domain.errors import Later, Misconfigured
from sverka.operate import traces
from sverka.operate.otel import tracer_of
from sverka.ports.watch import span, trace_with


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace_with(tracer_of(provider))
    yield exporter
    trace_with(None)
    provider.shutdown()


def test_a_wave_has_its_read_and_its_write_in_it(spans: InMemorySpanExporter) -> None:
    world = World()
    world.bell(world.order(phone=""))
    world.wave()
    world.close()
    by_name = {one.name: one for one in spans.get_finished_spans()}
    assert list(by_name) == ["read", "write", "wave"]
    root = by_name["wave"]
    assert all(by_name[name].parent.span_id == root.context.span_id for name in ("read", "write"))
    assert dict(root.attributes) == {"sverka.office": "crm", "sverka.wave": "crm:1"}


def test_a_request_is_told_by_its_method_and_its_failure_by_its_kind(spans: InMemorySpanExporter) -> None:
    with pytest.raises(Later), asked("crm", "crm.item.list"):
        raise Later
    [one] = spans.get_finished_spans()
    assert (one.name, dict(one.attributes)) == (
        "request",
        {"sverka.connection": "crm", "sverka.method": "crm.item.list"},
    )
    assert (one.status.is_ok, one.status.description, one.events) == (False, "Later", ())


def test_switched_off_nothing_is_imported(python_files_of_sverka: dict[str, str]) -> None:
    users = [
        name for name, text in python_files_of_sverka.items() if re.search(r"^\s*(from|import) opentele", text, re.M)
    ]
    assert users == ["operate/otel.py"]
    importers = [name for name, text in python_files_of_sverka.items() if "sverka.operate.otel" in text]
    assert importers == ["operate/traces.py"]


def test_switched_on_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name="opentelemetry")

    monkeypatch.setattr(traces, "import_module", absent)
    with traces.tracing(Watching()), span("wave"):
        pass
    with pytest.raises(Misconfigured, match=r"sverka\[telemetry\]"), traces.tracing(Watching(has_traces=True)):
        pass


def test_switched_on_it_makes_spans_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(sys.modules["sverka.operate.otel"], "to_collector", lambda: provider)
    with traces.tracing(Watching(has_traces=True)), span("read", office="crm"):
        pass
    with span("read", office="crm"):
        pass
    assert len(exporter.get_finished_spans()) == 1


@pytest.fixture
def python_files_of_sverka() -> dict[str, str]:
    from pathlib import Path  # noqa: PLC0415 - used here alone

    import sverka  # noqa: PLC0415 - used here alone

    home = Path(sverka.__file__).parent
    return {str(one.relative_to(home)): one.read_text("utf-8") for one in sorted(home.rglob("*.py"))}
