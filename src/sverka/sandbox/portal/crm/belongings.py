"""What comes with a record and goes with it: requisites, comments, log entries, activities and files."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm import activities, addresses, journal, requisites, timeline
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.state import Item


def welcome(core: Core, item: Item) -> None:
    """Give a new record what the portal gives it by itself: its client's requisite."""
    requisites.link_client(core, item)


def changed(core: Core, item: Item, before: dict[str, Any]) -> None:
    """Delete the files that a changed record no longer names."""
    files.drop(core, before.values(), item.values.values())


def forget(core: Core, item: Item) -> None:
    """Delete all that hung on a record that is no more."""
    key = item.entity_type_id, item.id
    files.drop(core, item.values.values())
    timeline.forget(core, *key)
    journal.forget(core, *key)
    activities.forget(core, *key)
    requisites.delete_of(core, *key)
    addresses.delete_of(core, *key)
