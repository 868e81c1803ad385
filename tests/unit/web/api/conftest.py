from collections.abc import Iterator

import pytest

from support.api_world import ApiWorld, api_world


@pytest.fixture
def api() -> Iterator[ApiWorld]:
    with api_world() as made:
        yield made
