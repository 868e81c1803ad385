from dataclasses import replace

import pytest

from sverka.config.check import check
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

# line, what stands there instead, where the complaint is, its words in English, its words in Russian
ONLINE = [
    (
        20,
        '  { status = "NN", stage = ["C2:NEW"] },',
        "status.map[0].status",
        "the store has no status `NN`",
        "в магазине нет статуса `NN`",
    ),
    (
        20,
        '  { status = "Принят", stage = ["C2:NEW"] },',
        "status.map[0].status",
        "Write its id: `N`",
        "Укажите код: `N`",
    ),
    (
        20,
        '  { status = "N", stage = ["C2:NWE"] },',
        "status.map[0].stage[0]",
        "no stage `C2:NWE` in pipeline 2. Did you mean `C2:NEW`?",
        "нет стадии `C2:NWE` в воронке 2. Возможно, `C2:NEW`?",
    ),
    (24, 'cancel = ["C2:LOST"]', "status.cancel[0]", "no stage `C2:LOST`", "нет стадии `C2:LOST`"),
    (11, 'source = "WEBB"', "deal.source", "Did you mean `WEB`?", "Возможно, `WEB`?"),
    (
        27,
        '"property.papier" = { to = "UF_CRM_TRACK" }',
        'fields."property.papier"',
        "Did you mean `property.paper`?",
        "Возможно, `property.paper`?",
    ),
    (
        27,
        '"site" = { to = "UF_CRM_TARCK" }',
        "fields.site.to",
        "Did you mean `UF_CRM_TRACK`?",
        "Возможно, `UF_CRM_TRACK`?",
    ),
    (
        27,
        '"site" = { to = "createdTime" }',
        "fields.site.to",
        "`createdTime` of the portal is read-only",
        "`createdTime` на портале только для чтения",
    ),
    (
        27,
        '"order.number" = { to = "UF_CRM_TRACK", way = "<->" }',
        'fields."order.number".way',
        'cannot be told `order.number`; use way = "->"',
        'в магазин не записать; укажите way = "->"',
    ),
    (
        27,
        '"customer.name" = { to = "UF_CRM_TRACK", way = "<-" }',
        'fields."customer.name".way',
        "cannot be told",
        "в магазин не записать",
    ),
    (
        28,
        '"property.paper" = { to = "UF_CRM_PAPER" }',
        'fields."property.paper"',
        "is a list; add `values = { … }` that joins both sides' options. Its options: `45` Глянец, `46` Мат",
        "Его варианты: `45` Глянец, `46` Мат",
    ),
    (
        28,
        '"property.finish" = { to = "UF_CRM_TRACK", way = "<-" }',
        'fields."property.finish"',
        "Its options: `lam` Lamination, `uv` UV",
        "`property.finish` – список",
    ),
    (
        28,
        '"property.paper" = { to = "UF_CRM_PAPER", values = { glossy = "47" } }',
        'fields."property.paper".values.glossy',
        "no option `47`",
        "нет варианта `47`",
    ),
    (
        28,
        '"property.paper" = { to = "UF_CRM_PAPER", values = { glosy = "45" } }',
        'fields."property.paper".values.glosy',
        "Did you mean `glossy`?",
        "Возможно, `glossy`?",
    ),
    (
        28,
        '"property.paper" = { to = "UF_CRM_PAPER", values = { glossy = "Глянец" } }',
        'fields."property.paper".values.glossy',
        "Write its id: `45`",
        "Укажите код: `45`",
    ),
    (
        27,
        '"payment.paid" = { to = "UF_CRM_COLOURS" }',
        'fields."payment.paid".to',
        "cannot be multiple",
        "не бывает множественным",
    ),
    (
        27,
        '"property.colours" = { to = "UF_CRM_URGENT" }',
        'fields."property.colours".to',
        "cannot be multiple",
        "не бывает множественным",
    ),
    (
        27,
        '"property.files" = { to = "UF_CRM_TRACK" }',
        'fields."property.files".to',
        "files go to files only",
        "только в файлы",
    ),
    (
        27,
        '"property.region" = { to = "UF_CRM_TRACK", write = "append" }',
        'fields."property.region".write',
        "needs a field that holds several",
        "нужно множественное",
    ),
]


@pytest.mark.covers("R12", "C24", "C72")
@pytest.mark.parametrize(("line", "instead", "where", "en", "ru"), ONLINE)
def test_documents_that_name_what_the_sides_lack(line, instead, where, en, ru, store_fields, office_fields, sound):
    assert sound.bad(sound.broken(line, instead)) == []
    sound.assert_said(sound.bad(sound.broken(line, instead), store_fields, office_fields), line, where, en, ru)


def test_a_status_the_store_cannot_be_told(office_fields, sound):
    status = Field("status", Text("", ""), FieldType.CHOICE, writable=False, options={"N": "", "P": "", "F": ""})
    paper = Field("property.paper", Text("", ""))
    (complaint,) = sound.bad(sound.text, [status, paper], office_fields)
    assert (complaint.line, complaint.where) == (17, "status.way")
    assert 'way = "->"' in complaint.text.ru


CANCELS = 'on_deal_deleted = "cancel_order"'


def test_orders_may_be_cancelled_with_their_deals(store_fields, office_fields, sound):
    text = sound.broken(31, CANCELS)
    assert check(text) == []
    assert check(text, store_fields, office_fields) == []
    one_way = text.replace('policy = "office_wins"', 'way = "->"')
    assert sound.bad(one_way, store_fields, office_fields) == []


def test_an_order_whose_status_cannot_be_written_cannot_be_cancelled(office_fields, sound):
    status = Field("status", Text("", ""), FieldType.CHOICE, writable=False, options={"N": "", "P": "", "F": ""})
    paper = Field("property.paper", Text("", ""), options={"glossy": "", "matte": ""})
    text = sound.broken(31, CANCELS).replace('policy = "office_wins"', 'way = "->"')
    (complaint,) = sound.bad(text, [status, paper], office_fields)
    assert (complaint.line, complaint.where) == (31, "brakes.on_deal_deleted")
    assert "status cannot be written, so no order can be cancelled" in complaint.say("en")
    assert "статус в магазине не записать, поэтому" in complaint.say("ru")


def test_an_order_without_a_status_map_cannot_be_cancelled(sound):
    text = sound.broken(31, CANCELS).replace("[status]", "[ignored]")
    lines = [line for line in text.splitlines() if "status =" not in line]
    begin, end = lines.index("[ignored]"), lines.index("[fields]")
    found = sound.bad("\n".join([*lines[:begin], *lines[end:]]))
    said = [one.say("en") for one in found if one.where == "brakes.on_deal_deleted"]
    assert len(said) == 1
    assert "there is no status map, so no order can be cancelled" in said[0]


WORTH_KNOWING = [
    (22, "", "status.map", "no row has these statuses", "`F` Выполнен"),
    (
        21,
        '  { status = "P", stage = ["C2:EXECUTING"] },',
        "status.map",
        "no row has these stages",
        "`C2:UC_QUALITY` Проверка",
    ),
    (24, "", "status", "`cancel` names no stage", "`cancel`"),
    (
        28,
        '"property.paper" = { to = "UF_CRM_PAPER", values = { glossy = "45" } }',
        'fields."property.paper".values',
        "lacks these options",
        "`matte` Матовая",
    ),
    (
        27,
        '"site" = { to = "UF_CRM_TRACK", policy = "store_wins" }',
        "fields.site.policy",
        "`policy` changes nothing",
        "источник один",
    ),
    (12, 'delivery = "field"', "deal.delivery", "no row of [fields] takes `delivery.price`", "`delivery.price`"),
    (15, 'match = ["inn"]', "customer.match", "no contact is made of them", "контакт не создаётся"),
    (7, 'site = "s3"', "when.site.is", "has no value `s3`", "нет значения `s3`"),
    (7, 'total = "100"', "when.total", "digit by digit", "посимвольно"),
]


@pytest.mark.parametrize(("line", "instead", "where", "en", "ru"), WORTH_KNOWING)
def test_what_is_worth_knowing_is_not_bad(line, instead, where, en, ru, store_fields, office_fields, sound):
    found = check(sound.broken(line, instead), store_fields, office_fields)
    assert not any(complaint.bad for complaint in found)
    (complaint,) = [c for c in found if c.where == where and en in c.text.en]
    assert en in complaint.say("en")
    assert ru in complaint.say("ru")


def test_ignoring_the_unmapped_silences_the_warning(store_fields, office_fields, sound):
    text = sound.broken(22, "").replace('policy = "office_wins"', 'unmapped = "ignore"')
    assert check(text, store_fields, office_fields) == []


def test_an_office_without_dates_is_worth_knowing(store_fields, office_fields, sound):
    fields = [field for field in office_fields if field.key != "begindate"]
    (complaint,) = check(sound.text, store_fields, fields)
    assert (complaint.where, complaint.bad) == ("deal.begin_date", False)
    assert "begin_date = false" in complaint.text.en


@pytest.mark.parametrize(("line", "instead"), [row[:2] for row in ONLINE + WORTH_KNOWING])
def test_every_complaint_speaks_russian(line, instead, store_fields, office_fields, sound):
    found = check(sound.broken(line, instead), store_fields, office_fields)
    assert found
    for complaint in found:
        assert any("а" <= char <= "я" for char in complaint.text.ru.split("Допустимо")[0].casefold())


STAGES = [
    ('"C2:NWE"', "new_order.stages[0]", "no stage `C2:NWE`. Did you mean `C2:NEW`?", "нет стадии `C2:NWE`", True),
    ('"C2:NEW", "WON"', "new_order.stages[1]", "belongs to pipeline 0, the profile's deals to 2", "из воронки 0", True),
    ('"C2:UC_IDEA"', "new_order.stages[0]", "no row of [status] has the stage `C2:UC_IDEA`", "ждали бы", False),
]


@pytest.mark.parametrize(("stages", "where", "en", "ru", "bad"), STAGES)
def test_stages_of_new_orders_that_lead_nowhere(stages, where, en, ru, bad, office_fields, sound):
    more = {"C2:UC_IDEA": "Idea"}
    fields = [replace(f, options={**f.options, **more}) if f.key == "stageId" else f for f in office_fields]
    found = check(f"{sound.text}\n[new_order]\nstages = [{stages}]\n", None, fields)
    (said,) = [one for one in found if one.where and one.where.startswith("new_order")]
    assert (said.where, said.bad) == (where, bad)
    assert en in said.say("en")
    assert ru in said.say("ru")


def test_a_store_that_cannot_make_orders(office_fields, sound):
    text = sound.text + '\n[new_order]\nstages = ["C2:NEW"]\n'
    (complaint,) = [one for one in check(text, None, office_fields, StoreCan(keeps_mark=False)) if one.bad]
    assert complaint.where == "new_order"
    assert "cannot make orders" in complaint.say("en")
    assert "не умеет создавать заказы" in complaint.say("ru")
    assert sound.bad(text, None, office_fields, StoreCan(keeps_mark=True)) == []
    assert sound.bad(text, None, office_fields) == [], "what no connection can tell is passed over"
    assert sound.bad(sound.text, None, office_fields, StoreCan(keeps_mark=False)) == []


@pytest.mark.parametrize(
    ("row", "where", "en", "ru"),
    [
        (
            '"order.number" = { to = "UF_CRM_NEW" }',
            'fields."order.number".to',
            "the portal's deals have no field `UF_CRM_NEW`. `sverka profile scaffold` makes it.",
            "у сделок портала нет поля `UF_CRM_NEW`. Его создаст `sverka profile scaffold`.",
        ),
        (
            '"Order {order.number}\\n{property.archive}" = { to = "comments" }',
            r'fields."Order {order.number}\n{property.archive}"',
            "orders of this store have no field `property.archive`.",
            "у заказов магазина нет поля `property.archive`.",
        ),
    ],
)
def test_what_is_missing_is_named_with_what_makes_it(row, where, en, ru, store_fields, office_fields, profiles_dir):
    text = (profiles_dir / "two-funnels-sales.toml").read_text("utf-8") + f"\n[fields]\n{row}\n"
    (found,) = [one for one in check(text, store_fields, office_fields) if one.bad]
    assert found.where == where
    assert found.text.en.startswith(en)
    assert found.text.ru.startswith(ru)


def test_a_guess_stands_alone_where_the_list_is_long(store_fields, office_fields, profiles_dir):
    text = (profiles_dir / "two-funnels-sales.toml").read_text("utf-8")
    row = '\n[fields]\n"order.number" = { to = "UF_CRM_TRAC" }\n'
    (found,) = [one for one in check(text + row, store_fields, office_fields) if one.bad]
    assert found.text.en.endswith("Did you mean `UF_CRM_TRACK`?")
