"""Files as they come: of any charset and size, and nothing that a file could do by being read."""

import tracemalloc
from collections.abc import Iterator

import pytest

from sverka.connectors.commerceml.xml import Damaged, Node, Piece, pieces_of, written

ORDER = "<КоммерческаяИнформация><Документ><Ид>1</Ид><Комментарий>{}</Комментарий></Документ></КоммерческаяИнформация>"


def comment_in(data: bytes) -> str:
    (piece,) = pieces_of([data])
    return piece.node.told("Комментарий")


@pytest.mark.parametrize("declared", ["windows-1251", "UTF-8", "utf-16", "no-such-charset", ""])
@pytest.mark.parametrize("sent", ["cp1251", "utf-8", "utf-8-sig"])
def test_the_bytes_decide_whatever_a_file_says_of_itself(declared: str, sent: str) -> None:
    if declared == "utf-16" and sent == "cp1251":
        pytest.skip("nobody declares UTF-16 and sends windows-1251")
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    assert comment_in((head + ORDER.format("Тираж – 100")).encode(sent)) == "Тираж – 100"


@pytest.mark.parametrize("sent", ["utf-16", "utf-8-sig"])
def test_a_mark_of_byte_order_is_believed_first(sent: str) -> None:
    assert comment_in(ORDER.format("Привет").encode(sent)) == "Привет"


def test_russian_that_comes_late_in_an_english_file_is_read_though_it_is_declared_wrongly() -> None:
    filler = "<Document><Id>1</Id></Document>" * 500
    text = f'<?xml version="1.0" encoding="utf-8"?><CommerceInformation>{filler}<Document><Comment>Привет</Comment>'
    data = (text + "</Document></CommerceInformation>").encode("cp1251")
    assert [piece.node.told("Комментарий") for piece in pieces_of([data])][-1] == "Привет"


def test_a_character_cut_in_two_by_the_network_is_whole_again() -> None:
    data = ORDER.format("Ж" * 9000).encode()
    pieces = list(pieces_of(data[place : place + 7] for place in range(0, len(data), 7)))
    assert pieces[0].node.told("Комментарий") == "Ж" * 9000


def test_characters_that_xml_has_no_place_for_spoil_no_file() -> None:
    assert comment_in(ORDER.format("а\x0bб\x00в").encode()) == "абв"


def test_namespaces_and_twins_of_letters_are_no_difference() -> None:
    data = '<x:КоммерческаяИнформация xmlns:x="urn:1C.ru:commerceml_2"><x:Документ><x:Cумма>7</x:Cумма></x:Документ>'
    (piece,) = pieces_of([f"{data}</x:КоммерческаяИнформация>".encode()])
    assert piece.node.told("Сумма") == "7"


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/a.dtd">%x;]>',
    ],
)
def test_a_document_type_is_refused_before_it_does_anything(prolog: str) -> None:
    with pytest.raises(Damaged) as caught:
        list(pieces_of([f'<?xml version="1.0"?>{prolog}<КоммерческаяИнформация/>'.encode()]))
    assert "DTD" in caught.value.say("ru")


def test_elements_nested_without_end_are_refused() -> None:
    with pytest.raises(Damaged) as caught:
        list(pieces_of([b"<a>" * 1000]))
    assert "deeper" in caught.value.say("en")


@pytest.mark.parametrize("data", [b"", b"   ", b"success\n", b"<!-- -->", ORDER.format("x").encode()[:-5]])
def test_what_is_cut_or_is_no_xml_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        list(pieces_of([data]))


def test_what_ended_before_the_cut_is_given() -> None:
    order = f"<Документ><Ид>1</Ид><Комментарий>{'x' * 5000}</Комментарий></Документ>".encode()
    pieces = pieces_of(["<КоммерческаяИнформация>".encode() + order, order[:-30]])
    assert next(pieces).node.told("Ид") == "1"
    with pytest.raises(Damaged):
        next(pieces)


def goods(count: int) -> Iterator[bytes]:
    yield "<КоммерческаяИнформация><Каталог><Товары>".encode()
    for number in range(count):
        yield f"<Товар><Ид>{number}</Ид><Наименование>{'Визитки ' * 20}</Наименование></Товар>".encode()
    yield "</Товары></Каталог></КоммерческаяИнформация>".encode()


def test_memory_does_not_grow_with_a_file() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in pieces_of(goods(count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(8000) < 2 * peak(800)


def test_what_is_written_is_read_back_letter_by_letter() -> None:
    node = Node("Документ")
    texts = [" a ", "<b>&amp;</b>", "строка\r\nдругая\rтретья\n", '"кавычки"', "🎉", "\t"]
    for text in texts:
        node.add(Node("Комментарий", text))
    node.add(Node("Пусто", attrs={"Код": '"<&>"'}))
    (piece,) = pieces_of(written([Piece((), node)]))
    assert [child.text for child in piece.node.children[:-1]] == texts
    assert piece.node.children[-1].attrs == {"Код": '"<&>"'}


def test_a_requisite_is_set_once_and_twins_of_it_go() -> None:
    node = Node("Документ")
    for _ in range(2):
        row = node.child("ЗначенияРеквизитов") or node.add(Node("ЗначенияРеквизитов"))
        twin = row.add(Node("ЗначениеРеквизита"))
        twin.put("Наименование", "Отменен")
        twin.put("Значение", "true")
    node.put_requisite("Отменен", "false")
    assert node.requisites() == {"Отменен": "false"}
    assert len(node.under("ЗначенияРеквизитов", "ЗначениеРеквизита")) == 1
