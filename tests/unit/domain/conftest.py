"""What Hypothesis makes of the domain: line items, and every value a field may hold."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value

settings.register_profile("domain", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("domain")

money = st.decimals(Decimal("-1000000"), Decimal("1000000"), places=2)
numbers = st.decimals(Decimal("-1000000000"), Decimal("1000000000"), places=4)
quantities = st.one_of(st.integers(0, 100_000).map(Decimal), st.decimals(Decimal("0.001"), Decimal("10000"), places=3))
lines = st.builds(
    Line,
    name=st.text(max_size=12),
    quantity=quantities,
    total=money,
    discount=money,
    tax_rate=st.none() | st.sampled_from([Decimal(0), Decimal(10), Decimal("20.0")]),
    product=st.text(max_size=4),
    sku=st.text(max_size=4),
    measure=st.sampled_from(["", "796"]),
    kind=st.sampled_from(["goods", "service", "delivery", "fee"]),
)
EPOCH = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
moments = st.datetimes(EPOCH, EPOCH.replace(year=2100), timezones=st.just(UTC))
numeric_texts = st.sampled_from(
    ["", "  ", "1", "1,5", "1 000.00", "Y", "нет", "NaN", "2026-03-01", "2026-03-01T10:00:00+03:00"]
)
scalars = st.one_of(st.none(), st.booleans(), st.text(max_size=8), numeric_texts, numbers, moments, st.dates(), lines)
values: st.SearchStrategy[Value] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6
)


@pytest.fixture(scope="session")
def any_line() -> st.SearchStrategy[Line]:
    """Return a strategy of line items: any quantity, any total of whole kopecks."""
    return lines


@pytest.fixture(scope="session")
def any_value() -> st.SearchStrategy[Value]:
    """Return a strategy of every value a field may hold, tuples in tuples too."""
    return values
