import pytest

from sverka.config.check import check
from sverka.config.load import load

LINE = {
    1: "schema = 1",
    2: 'profile = "print-shop"',
    3: 'store = "shop-main"',
    7: 'site = ["print.example.ru"]',
    10: 'pipeline = "2"',
    11: 'title = "Order {order.number}"',
    12: 'responsible = { from = "contact", else = 9 }',
    15: 'create = "contact"',
    17: "[status]",
    18: 'policy = "office_wins"',
    20: '  { status = "N", stage = ["C2:NEW"] },',
    21: '  { status = "P", stage = ["C2:EXECUTING", "C2:UC_QUALITY"] },',
    24: 'cancel = ["C2:LOSE", "C2:APOLOGY"]',
    27: '"order.number" = { to = "UF_CRM_ORDER_NUMBER" }',
    28: '"property.paper" = { to = "UF_CRM_PAPER", way = "<->", values = { glossy = "45", matte = "46" } }',
    31: "writes_per_wave = 200",
}

# line, what stands there instead, where the complaint is, its words in English, its words in Russian
OFFLINE = [
    (2, 'profile = "x', "", "This is not TOML: Illegal character", "не закрыта кавычкой"),
    (2, "profile = print", "", "This is not TOML: Invalid value", "тексты пишутся в кавычках"),
    (2, "profile", "", "Expected '='", "нужен знак `=`"),
    (3, 'profile = "b"', "", "Cannot overwrite a value", "уже задан выше"),
    (1, "schema = 2", "schema", "`2` is not allowed here. Allowed: `1`", "`2` здесь не допускается. Допустимо: `1`"),
    (2, 'profile = "a/b"', "profile", "Latin letters", "латинские буквы"),
    (3, "store = 3", "store", "must be text in quotes", "должно быть текстом в кавычках"),
    (
        3,
        'stroe = "x"',
        "stroe",
        "unknown key `stroe`. Did you mean `store`?",
        "неизвестный ключ `stroe`. Возможно, `store`?",
    ),
    (7, "sitte = 's'", "when.sitte", "no field `sitte`. Did you mean `site`?", "нет поля `sitte`. Возможно, `site`?"),
    (7, "site = []", "when.site", "must not be empty", "не должно быть пустым"),
    (7, "site = [1.5]", "when.site[0]", "must be text in quotes", "текстом в кавычках"),
    (7, "site = {}", "when.site", "the condition is empty", "условие пустое"),
    (7, 'site = { nto = ["a"] }', "when.site.nto", "Did you mean `not`?", "Возможно, `not`?"),
    (
        7,
        'property.region = "x"',
        "when.property.region",
        'in quotes: "property.region"',
        'в кавычках: "property.region"',
    ),
    (7, 'total = { at_least = "5" }', "when.total.at_least", "must be a number", "должно быть числом"),
    (7, "total = { at_least = 5, at_most = 1 }", "when.total", "no order can match", "ни один заказ"),
    (7, "site = { at_least = 5 }", "when.site", "`site` is no number", "`site` – не число"),
    (7, "also = 1", "when.also", "`true` or `false`", "`true` или `false`"),
    (10, "pipeline = 2", "deal.pipeline", "must be text in quotes", "текстом в кавычках"),
    (
        10,
        'pipeline = "5"',
        None,
        "belongs to pipeline 2, the profile's deals to 5",
        "из воронки 2, а сделки профиля в воронке 5",
    ),
    (10, 'pipelin = "2"', "deal.pipelin", "Did you mean `pipeline`?", "Возможно, `pipeline`?"),
    (11, 'title = "{order.nubmer}"', "deal.title", "Did you mean `order.number`?", "Возможно, `order.number`?"),
    (11, 'title = " "', "deal.title", "the title is blank", "название пустое"),
    (
        11,
        'lines = "product"',
        "deal.lines",
        "Did you mean `products`? Allowed: `products`, `one_line`, `none`",
        "Допустимо: `products`",
    ),
    (12, "responsible = true", "deal.responsible", "employee's id", "номером сотрудника"),
    (12, 'responsible = { from = "deal" }', "deal.responsible.from", "Allowed: `contact`", "Допустимо: `contact`"),
    (15, 'match = ["phon"]', "customer.match[0]", "Did you mean `phone`?", "Возможно, `phone`?"),
    (15, 'fields = { nmae = "if_new" }', "customer.fields.nmae", "Did you mean `name`?", "Возможно, `name`?"),
    (
        18,
        'policy = "newest"',
        "status.policy",
        "Allowed: `store_wins`, `office_wins`, `ask`",
        "Допустимо: `store_wins`",
    ),
    (
        20,
        '  { status = "N", stage = "C2:NEW" },',
        "status.map[0].stage",
        'a list, such as ["NEW"]',
        'списком, например ["NEW"]',
    ),
    (20, '  { status = "N", stage = [] },', "status.map[0].stage", "must not be empty", "не должно быть пустым"),
    (20, '  { stage = ["C2:NEW"] },', "status.map[0].status", "`status` is required", "нужен ключ `status`"),
    (
        20,
        '  { status = "N", stages = ["C2:NEW"], stage = ["C2:NEW"] },',
        "status.map[0].stages",
        "Did you mean `stage`?",
        "Возможно, `stage`?",
    ),
    (
        21,
        '  { status = "P", stage = ["C2:NEW"] },',
        "status.map[1].stage",
        "several statuses: `N`, `P`; mark exactly one of the rows `back = true`",
        "нескольким статусам: `N`, `P`; отметьте ровно одну из строк `back = true`",
    ),
    (
        21,
        '  { status = "N", stage = ["C2:EXECUTING"] },',
        "status.map[1].status",
        "already stands in row 1",
        "уже есть в строке 1",
    ),
    (
        21,
        '  { status = "cancelled", stage = ["C2:EXECUTING"] },',
        "status.map[1].status",
        "`cancel = [ … ]`",
        "`cancel = [ … ]`",
    ),
    (
        21,
        '  { status = "P", stage = ["C2:LOSE"] },',
        "status.map[1].stage[0]",
        "is in `cancel` too",
        "есть и в `cancel`",
    ),
    (24, 'cancel = ["LOSE"]', "status.cancel[0]", "belongs to pipeline 0", "из воронки 0"),
    (
        27,
        '"order.nubmer" = { to = "UF_A" }',
        'fields."order.nubmer"',
        "Did you mean `order.number`?",
        "Возможно, `order.number`?",
    ),
    (27, '"order.number" = { way = "->" }', 'fields."order.number".to', "`to` is required", "нужен ключ `to`"),
    (27, '"order.number" = "UF_A"', 'fields."order.number"', "must be a table", "должно быть таблицей"),
    (
        27,
        'order.number = { to = "UF_A" }',
        "fields.order.number",
        'in quotes: "order.number"',
        'в кавычках: "order.number"',
    ),
    (
        27,
        '"order.number" = { to = "UF_A", way = "=>" }',
        'fields."order.number".way',
        "Allowed: `<->`, `->`, `<-`",
        "Допустимо: `<->`, `->`, `<-`",
    ),
    (
        27,
        '"site" = { to = "UF_A", write = "if_new", way = "<->" }',
        "fields.site.write",
        'needs way = "->"',
        'нужен way = "->"',
    ),
    (27, '"site" = { to = "stageId" }', "fields.site.to", "already filled by [status]", "уже заполняет [status]"),
    (
        27,
        '"site" = { to = "assignedById" }',
        "fields.site.to",
        "already filled by [deal] responsible",
        "уже заполняет [deal] responsible",
    ),
    (
        28,
        '"site" = { to = "UF_CRM_ORDER_NUMBER" }',
        "fields.site.to",
        'filled by [fields] "order.number"',
        'заполняет [fields] "order.number"',
    ),
    (27, '"total" = { to = "UF_A" }', "fields.total", "already kept in step", "уже ведут"),
    (27, '"lines.goods" = { to = "UF_A" }', 'fields."lines.goods"', "list of goods", "состав заказа"),
    (
        28,
        '"property.paper" = { to = "UF_A", values = { glossy = 45 } }',
        'fields."property.paper".values.glossy',
        "text in quotes",
        "текстом в кавычках",
    ),
    (
        28,
        '"property.paper" = { to = "UF_A", values = {} }',
        'fields."property.paper".values',
        "must not be empty",
        "не должно быть пустым",
    ),
    (31, "writes_per_wave = 0", "brakes.writes_per_wave", "must be 1 or more", "не меньше 1"),
    (31, "writes_per_wave = 1.5", "brakes.writes_per_wave", "must be a whole number", "целым числом"),
    (
        31,
        "writes_per_sweep = 5",
        "brakes.writes_per_sweep",
        "Did you mean `writes_per_wave`?",
        "Возможно, `writes_per_wave`?",
    ),
    (31, 'on_deal_deleted = "remove"', "brakes.on_deal_deleted", "Allowed: `release`", "Допустимо: `release`"),
]


def test_the_sound_document_is_sound(store_fields, office_fields, sound):
    assert [sound.text.splitlines()[line - 1] for line in LINE] == list(LINE.values())
    assert check(sound.text) == []
    assert check(sound.text, store_fields, office_fields) == []


@pytest.mark.parametrize(("line", "instead", "where", "en", "ru"), OFFLINE)
def test_broken_documents(line, instead, where, en, ru, sound):
    sound.assert_said(sound.bad(sound.broken(line, instead)), line, where, en, ru)


def test_a_missing_head_is_missed(sound):
    where = {complaint.where for complaint in sound.bad("")}
    assert where == {"schema", "profile", "store", "portal"}


@pytest.mark.parametrize("status", ["", "[status]\n", "[status]\nmap = []\n"])
def test_without_a_status_map_no_deal_can_be_made(status, sound):
    (complaint,) = sound.bad(f'schema = 1\nprofile = "p"\nstore = "s"\nportal = "b"\n{status}')
    assert complaint.where == "status"
    assert complaint.line == (5 if status else None)
    assert "no deal can be created" in complaint.text.en


def test_a_row_marked_back_settles_an_unclear_stage(sound):
    text = sound.broken(21, '  { status = "P", stage = ["C2:NEW"], back = true },')
    (complaint,) = check(text)
    assert not complaint.bad
    assert "no stage leads back to these statuses" in complaint.text.en
    assert load(text).mapping("status").converter.to_store("C2:NEW") == "P"


def test_a_one_way_status_needs_no_way_back(sound):
    text = sound.broken(21, '  { status = "P", stage = ["C2:NEW"] },')
    assert sound.bad(text)
    assert check(text.replace('policy = "office_wins"', 'way = "->"')) == []


def test_complaints_come_in_the_order_of_the_document(sound):
    text = sound.broken(27, '"x" = { to = "UF_A" }').replace('"Order {order.number}"', '"{y}"')
    assert [complaint.line for complaint in check(text)] == [11, 27]
