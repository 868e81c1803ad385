"""Files both ways over real HTTP: the same name and bytes, nothing twice, and each bad one by itself."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from support.field_pairs import add_property, joined, raw
from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.shop.web import Reply

ROWS = """
"property.LAYOUT"  = { to = "UF_CRM_LAYOUT", way = "<->" }
"property.LAYOUTS" = { to = "UF_CRM_LAYOUTS", way = "<->" }
"""
PDF = b"%PDF-1.7 \x00\xff" + bytes(range(256))


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        add_property(world, "LAYOUTS", "FILE", many=True)
        world.portal.add_field(DEAL, "LAYOUT", "file")
        world.portal.add_field(DEAL, "LAYOUTS", "file", multiple=True)
        joined(world, ROWS)
        yield world


def sent(name: str, content: bytes = PDF) -> dict[str, Any]:
    return {"fileData": [name, base64.b64encode(content).decode()]}


def on_portal(world: HttpWorld, order: OrderRef, field: str = "LAYOUT") -> list[tuple[int, str, bytes]]:
    held = world.deal(order).get(f"UF_CRM_{field}")
    files = world.portal.core.state.files
    found = [files[one["id"]] for one in (held if isinstance(held, list) else [held]) if one]
    return [(file.id, file.name, file.content) for file in found]


def on_site(world: HttpWorld, order: OrderRef, code: str = "LAYOUT") -> list[tuple[int, str, bytes]]:
    held = raw(world, order, code)
    rows = [one for one in (held if isinstance(held, list) else [held]) if one]
    return [(one["id"], one["originalName"], world.site.store.properties.files[one["src"]]) for one in rows]


def bare(files: list[tuple[int, str, bytes]]) -> list[tuple[str, bytes]]:
    return [(name, content) for _, name, content in files]


def placed(world: HttpWorld, **properties: Any) -> OrderRef:
    order = world.order(SITE, properties=properties)
    world.settle()
    return order


def edit(world: HttpWorld, order: OrderRef, **fields: Any) -> None:
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {f"UF_CRM_{key}": value for key, value in fields.items()})
    world.settle()


@pytest.mark.covers("R59")
def test_a_buyers_file_arrives_with_its_name_and_bytes_and_is_not_sent_again(world: HttpWorld) -> None:
    order = placed(world, LAYOUT=sent("Макет №1 (финал).pdf"))
    first = on_portal(world, order)
    assert bare(first) == [("Макет №1 (финал).pdf", PDF)]
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P", "comments": "в работу"})
    world.settle()
    world.move(order, "C2:WON")
    world.settle()
    assert on_portal(world, order) == first, "the very same file"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R59")
def test_a_managers_file_goes_to_the_shop_and_a_new_one_replaces_it(world: HttpWorld) -> None:
    order = placed(world)
    edit(world, order, LAYOUT=["счёт.pdf", base64.b64encode(PDF).decode()])
    assert bare(on_site(world, order)) == [("счёт.pdf", PDF)]
    first = on_site(world, order)
    edit(world, order, LAYOUT=["счёт 2.pdf", base64.b64encode(b"two").decode()])
    assert bare(on_site(world, order)) == [("счёт 2.pdf", b"two")]
    assert on_site(world, order)[0][0] != first[0][0]
    edit(world, order, LAYOUT="")
    assert on_site(world, order) == []
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R73", "R74")
def test_several_files_go_both_ways_and_each_is_carried_once(world: HttpWorld) -> None:
    order = placed(world, LAYOUTS=[sent("1.pdf", b"one"), sent("2.pdf", b"two")])
    first = on_portal(world, order, "LAYOUTS")
    assert bare(first) == [("1.pdf", b"one"), ("2.pdf", b"two")]
    edit(world, order, LAYOUTS=[{"id": one[0]} for one in first] + [["3.pdf", base64.b64encode(b"three").decode()]])
    ours = on_site(world, order, "LAYOUTS")
    assert bare(ours) == [("1.pdf", b"one"), ("2.pdf", b"two"), ("3.pdf", b"three")]
    world.clock.advance(1)
    held = raw(world, order, "LAYOUTS")
    world.site.store.set_properties(int(order.id), {"LAYOUTS": [held[0], held[2], sent("4.pdf", b"four")]})
    world.settle()
    theirs = on_portal(world, order, "LAYOUTS")
    assert bare(theirs) == [("1.pdf", b"one"), ("3.pdf", b"three"), ("4.pdf", b"four")]
    assert theirs[0] == first[0], "what stayed is the portal's own file, not a copy"
    edit(world, order, LAYOUTS=[])
    assert on_site(world, order, "LAYOUTS") == []
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R74")
def test_adding_keeps_what_is_there_and_revives_nothing(world: HttpWorld) -> None:
    world.apply(PRINT + ROWS.replace('LAYOUTS", way = "<->"', 'LAYOUTS", way = "->", write = "append"'))
    order = placed(world, LAYOUTS=[sent("1.pdf", b"one"), sent("2.pdf", b"two")])
    first = on_portal(world, order, "LAYOUTS")
    own = ["own.pdf", base64.b64encode(b"own").decode()]
    edit(world, order, LAYOUTS=[{"id": first[1][0]}, own])
    world.clock.advance(1)
    held = raw(world, order, "LAYOUTS")
    world.site.store.set_properties(int(order.id), {"LAYOUTS": [*held, sent("3.pdf", b"three")]})
    world.settle()
    assert bare(on_portal(world, order, "LAYOUTS")) == [("2.pdf", b"two"), ("own.pdf", b"own"), ("3.pdf", b"three")]


@pytest.mark.covers("R59", "R73")
@pytest.mark.parametrize("trouble", ["large", "gone", "page", "moved"])
def test_a_bad_file_waits_with_a_sentence_and_all_else_goes_on(
    world: HttpWorld, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.apply(PRINT + ROWS + "[files]\nmax_mb = 1\n")
    said = {"large": "больше 1 МБ", "gone": "(404)", "page": "страницу входа", "moved": "лежит не на"}[trouble]
    if trouble == "gone":
        monkeypatch.setattr(world.site.store.properties, "files", {})
    content = b"x" * (2**20 + 1) if trouble == "large" else PDF
    replies = {
        "page": Reply(200, b"<html>login</html>", {"content-type": "text/html; charset=utf-8"}),
        "moved": Reply(302, b"", {"location": "http://169.254.169.254/secret"}),
    }
    if trouble in replies:
        monkeypatch.setattr(
            "sverka.sandbox.bitrix_site.pages.page",
            lambda _store, call: replies[trouble] if call.path.startswith("/upload/") else None,
        )
    elif trouble == "gone":
        monkeypatch.setattr(
            "sverka.sandbox.bitrix_site.pages.page",
            lambda _store, call: Reply(404, b"") if call.path.startswith("/upload/") else None,
        )
    order, other = world.order(SITE, properties={"LAYOUT": sent("макет.pdf", content)}), world.order(SITE)
    world.settle()
    [held] = world.storage.differences.list(order)
    assert (held.difference.key, held.difference.why) == ("property.LAYOUT", "refused")
    assert said in held.difference.text.ru
    assert on_portal(world, order) == []
    assert len(world.deals(other)) == 1
    world.clock.advance(1)
    world.site.store.ship(int(order.id), "RB1")
    world.settle()
    assert world.deal(order)["UF_CRM_TRACK"] == "RB1", "other fields flow"
    world.assert_at_rest()


@pytest.mark.covers("R59")
def test_a_lost_answer_does_not_double_a_file(world: HttpWorld) -> None:
    world.fault("close", "crm.item.update", times=1)
    order = placed(world, LAYOUT=sent("1.pdf"), LAYOUTS=[sent("2.pdf"), sent("3.pdf")])
    assert bare(on_portal(world, order)) == [("1.pdf", PDF)]
    assert bare(on_portal(world, order, "LAYOUTS")) == [("2.pdf", PDF), ("3.pdf", PDF)]
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R59")
def test_no_bytes_and_no_token_stay_in_the_hub(world: HttpWorld) -> None:
    marker = b"MARKER-OF-BYTES"
    order = placed(world, LAYOUT=sent("1.pdf", marker))
    edit(world, order, LAYOUT=["2.pdf", base64.b64encode(marker + b"2").decode()])
    world.site.store.set_properties(int(order.id), {"LAYOUTS": [sent("3.pdf", marker)]})
    world.settle()
    raw_connection = world.storage._engine.raw_connection()
    dump = "\n".join(raw_connection.driver_connection.iterdump())
    raw_connection.close()
    assert "1.pdf" in dump, "names are known"
    assert marker.decode() not in dump
    assert base64.b64encode(marker).decode()[:12] not in dump
    assert not any(file.token in dump for file in world.portal.core.state.files.values())


@pytest.mark.covers("R59")
def test_addresses_of_files_in_a_shop_become_files_of_the_deal() -> None:
    with HttpWorld([WOO]) as world:
        world.portal.add_field(DEAL, "LAYOUTS", "file", multiple=True)
        path = "/wp-content/uploads/2026/03/макет.pdf"
        world.woo.store.uploads[path] = PDF
        world.learn()
        world.apply(f'{SOUVENIRS}\n"property.layout" = {{ to = "UF_CRM_LAYOUTS", way = "->" }}\n')
        metas = [{"key": "layout", "value": f"{world.woo.url}{path}"}]
        order = world.order(WOO, fields={"meta_data": metas})
        bad = world.order(WOO, fields={"meta_data": [{"key": "layout", "value": "http://169.254.169.254/latest.pdf"}]})
        world.settle()
        assert bare(on_portal(world, order, "LAYOUTS")) == [("макет.pdf", PDF)]
        [held] = world.storage.differences.list(bad)
        assert "лежит не на" in held.difference.text.ru
        assert "169.254" not in held.difference.text.ru
