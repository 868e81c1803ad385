"""Secrets under another key: all of them, or none."""

import pytest
from cryptography.fernet import Fernet

from sverka.domain.errors import Misconfigured
from sverka.storage.vault import Vault


@pytest.fixture
def vault(hub):
    hub.storage.vault.put("shop/key", "planted-secret-1")
    hub.storage.vault.put("b24/webhook", "planted-secret-2")
    return hub.storage.vault


def test_every_secret_opens_with_the_new_key_and_none_with_the_old(hub, vault):
    key = Fernet.generate_key()
    assert vault.reseal(key) == 2
    opened = Vault(hub.storage._engine, key)
    assert [opened.get(name) for name in opened.names()] == ["planted-secret-2", "planted-secret-1"]
    with pytest.raises(Misconfigured):
        vault.get("shop/key")


def test_one_secret_of_another_key_leaves_all_as_they_are(hub, vault):
    Vault(hub.storage._engine, Fernet.generate_key()).put("zoo/key", "planted-secret-3")
    with pytest.raises(Misconfigured):
        vault.reseal(Fernet.generate_key())
    assert vault.get("shop/key") == "planted-secret-1"
    assert vault.get("b24/webhook") == "planted-secret-2"


def test_while_a_rotation_is_under_way_either_key_opens(hub, vault):
    first, second = Fernet.generate_key(), Fernet.generate_key()
    vault.reseal(first)
    both = Vault(hub.storage._engine, second, first)
    assert both.get("shop/key") == "planted-secret-1"
    both.put("new/key", "planted-secret-4")
    assert both.reseal(second) == 3
    assert Vault(hub.storage._engine, second).get("shop/key") == "planted-secret-1"
