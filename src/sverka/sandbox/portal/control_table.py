"""The acts of `/control`: what people of the portal do, how it misbehaves, its clock, and what may be looked at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.control_acts import FAULT_TAKES, SWITCH_TAKES, Act, Take, fault_of, put
from sverka.sandbox.portal.data import dump, load
from sverka.sandbox.portal.portal import Portal
from sverka.sandbox.portal.settings import INTENSITY, Plan

Given = dict[str, Any]
_USER = Take("user", "integer", required=False, default=6)
_TYPE = Take("entityTypeId", "integer")
_ID = Take("id", "integer")
_FIELDS = Take("fields", "object")
_SETTINGS = (
    Take("plan", choices=get_args(Plan), required=False),
    Take("lag_seconds", "number", required=False),
    Take("rows_fire_update", "flag", required=False),
    Take("unresolved_reference", required=False),
    Take("costs", "object", required=False),
    Take("default_cost", "number", required=False),
    Take("operating_limit", "number", required=False),
    Take("inventory", "flag", required=False),
    Take("condition", choices=("", "unpaid", "deleted", "overloaded"), required=False),
    Take("https_required", "flag", required=False),
    Take("app_unpaid", "flag", required=False),
    Take("offline_extended", "flag", required=False),
    Take("auth_connector", "flag", required=False),
)
_CLIENT = Take("client_id", required=False)
#: lines of each log that the page shows
_LAST = 100


def _field(portal: Portal, given: Given) -> str:
    made = portal.add_field(
        given["entityTypeId"], given["name"], given["kind"], multiple=given["multiple"], options=given.get("options")
    )
    return made.field_name


def _webhook(portal: Portal, given: Given) -> Given:
    return {"path": f"/rest/{given['user']}/{portal.add_webhook(given['user'])}/"}


def _application(portal: Portal, given: Given) -> Given:
    """Add an application and answer its keys; without a title, answer those of the one that is always there."""
    scopes = tuple(given["scopes"]) if given.get("scopes") else None
    made = portal.application
    if given["title"]:
        made = portal.add_application(
            given["title"], given["handler"], given["redirect_uri"], scopes=scopes, ui=given["ui"]
        )
    return {
        "client_id": made.client_id,
        "client_secret": made.client_secret,
        "application_token": made.application_token,
    }


def _known_application(portal: Portal, given: Given) -> Application:
    name = given.get("client_id")
    return portal.access.applications[name] if name else portal.application


def _tokens(portal: Portal, given: Given) -> Given:
    pair = portal.tokens(_known_application(portal, given), given["user"])
    return {"access_token": pair.access, "refresh_token": pair.refresh}


def _events(portal: Portal, given: Given) -> Given:
    put(portal.events.switches, {name: value for name, value in given.items() if value is not None})
    return asdict(portal.events.switches)


def _settings(portal: Portal, given: Given) -> Given:
    put(portal.settings, {name: value for name, value in given.items() if value is not None or name == _NULLABLE})
    return {take.name: getattr(portal.settings, take.name) for take in _SETTINGS}


_NULLABLE = "unresolved_reference"


def clock(portal: Portal) -> Given:
    """Return the portal's moment, and whether it moves only when it is told."""
    return {"now": portal.clock.now(), "virtual": isinstance(portal.clock, VirtualClock)}


def _advance(portal: Portal, given: Given) -> Given:
    portal.advance(given["seconds"])
    return clock(portal)


def budgets(portal: Portal) -> Given:
    """Return what is left of both limits: the counter of each address, operating seconds of each method."""
    limits, settings = portal.limits, portal.settings
    drain, burst = INTENSITY.get(settings.plan, (0, 0))
    with portal.lock:
        used = limits.used().items()
        return {
            "plan": settings.plan,
            "drain": drain,
            "burst": burst,
            "requests": [{"address": address, "level": level} for address, level in limits.levels().items()],
            "operating_limit": None if settings.plan == "box" else settings.operating_limit,
            "operating": [
                {"who": _who(portal, credential), "method": method, "seconds": round(seconds, 3)}
                for (credential, method), seconds in sorted(used, key=lambda line: -line[1])
            ],
        }


def _who(portal: Portal, credential: str) -> str:
    owner = portal.access.webhooks.get(credential)
    return f"user {owner}" if owner is not None else credential if credential in portal.access.applications else "-"


def _known(portal: Portal) -> Given:
    """Return what the page offers to choose from."""
    state = portal.core.state
    return {
        "users": [{"id": one.id, "name": f"{one.name} {one.last_name}".strip(), "active": one.active}
                  for one in state.users.values()],
        "stages": [{"id": one.status_id, "name": one.name} for one in state.statuses.values()
                   if one.entity_id.startswith("DEAL_STAGE")],
        "records": {str(entity_type_id): [{"id": item.id, "title": _title(item.values)}
                                          for item in list(items.values())[-_LAST:]]
                    for entity_type_id, items in state.items.items()},
    }  # fmt: skip


def _title(values: Given) -> str:
    return str(values.get("title") or " ".join(str(values.get(name) or "") for name in ("name", "lastName"))).strip()


def overview(portal: Portal) -> Given:
    """Return all that the page shows: clock, counters, budgets, switches, faults, and the ends of both logs."""
    with portal.lock:
        known = _known(portal)
        requests = [asdict(line) for line in portal.requests[-_LAST:]]
        counters = asdict(portal.counters)
    return {
        "clock": clock(portal),
        "counters": counters,
        "budgets": budgets(portal),
        "events": asdict(portal.events.switches) | {"held": portal.events.held()},
        "faults": portal.faults.waiting(),
        "requests": requests,
        "deliveries": [asdict(line) for line in portal.events.log[-_LAST:]],
        "known": known,
    }


_PEOPLE = [
    Act("move-stage", ("Move a deal to a stage", "Передвинуть сделку на стадию"),
        lambda portal, given: portal.move_stage(given["id"], given["stage"], given["user"]),
        (_ID, Take("stage"), _USER), "people", example={"id": 1, "stage": "WON"}),
    Act("convert-lead", ("Make a deal, a contact, a company of a lead", "Создать по лиду сделку, контакт, компанию"),
        lambda portal, given: portal.convert_lead(
            given["id"], deal=given["deal"], contact=given["contact"], company=given["company"],
            funnel=given["funnel"], user_id=given["user"]),
        (_ID, Take("deal", "flag", required=False, default=True), Take("contact", "flag", required=False, default=True),
         Take("company", "flag", required=False, default=False),
         Take("funnel", "integer", required=False, default=0), _USER), "people", example={"id": 1, "funnel": 2}),
    Act("create", ("Add a record", "Создать запись"),
        lambda portal, given: portal.create(given["entityTypeId"], given["fields"], given["user"]),
        (_TYPE, _FIELDS, _USER), "people", example={"entityTypeId": 2, "fields": {"title": "From the counter"}}),
    Act("edit", ("Edit a record, a contact for example", "Изменить запись, например контакт"),
        lambda portal, given: portal.edit(given["entityTypeId"], given["id"], given["fields"], given["user"]),
        (_TYPE, _ID, _FIELDS, _USER), "people", example={"entityTypeId": 3, "id": 1, "fields": {"name": "Anna"}}),
    Act("delete", ("Delete a record", "Удалить запись"),
        lambda portal, given: portal.delete(given["entityTypeId"], given["id"]), (_TYPE, _ID), "people",
        example={"entityTypeId": 2, "id": 1}),
    Act("merge", ("Merge duplicates into the first of them", "Объединить дубли в первый из них"),
        lambda portal, given: portal.merge(given["entityTypeId"], [int(one) for one in given["ids"]]),
        (_TYPE, Take("ids", "list")), "people", example={"entityTypeId": 3, "ids": [1, 2]}),
    Act("field", ("Add a user field", "Добавить своё поле"), _field,
        (_TYPE, Take("name"), Take("kind", required=False, default="string"),
         Take("multiple", "flag", required=False, default=False), Take("options", "list", required=False)), "people",
        example={"entityTypeId": 2, "name": "SIZE", "kind": "enumeration", "options": ["S", "L"]}),
    Act("robot", ("Move deals on from a stage, always", "Робот: двигать сделки дальше со стадии"),
        lambda portal, given: portal.add_robot(given["stage"], given["to"], given["user"]),
        (Take("stage"), Take("to"), Take("user", "integer", required=False, default=1)), "people",
        example={"stage": "WON", "to": "LOSE"}),
    Act("robots-clear", ("Take all robots away", "Убрать всех роботов"), lambda portal, _: portal.clear_robots(), (),
        "people"),
    Act("pay", ("Pay a payment, as the buyer", "Оплатить за покупателя"), lambda portal, given: portal.pay(given["id"]),
        (_ID,), "people", example={"id": 1}),
    Act("dismiss", ("Dismiss an employee", "Уволить сотрудника"), lambda portal, given: portal.dismiss(given["user"]),
        (Take("user", "integer"),), "people", example={"user": 9}),
]  # fmt: skip
_PORTAL = [
    Act("subscribe", ("Set up an outgoing webhook", "Исходящий вебхук"),
        lambda portal, given: {"application_token": portal.subscribe(given["url"], given["events"])},
        (Take("url"), Take("events", "list")), "portal",
        example={"url": "http://127.0.0.1:9000/hook", "events": ["ONCRMDEALADD", "ONCRMDEALUPDATE"]}),
    Act("webhook", ("Make an incoming webhook", "Входящий вебхук"), _webhook, (Take("user", "integer"),), "portal",
        example={"user": 6}),
    Act("application", ("Add a local application", "Добавить локальное приложение"), _application,
        (Take("title", required=False, default=""), Take("handler", required=False, default=""),
         Take("redirect_uri", required=False, default=""),
         Take("scopes", "list", required=False), Take("ui", "flag", required=False, default=False)), "portal",
        example={"title": "Shop", "handler": "http://127.0.0.1:9000/app"}),
    Act("application-install", ("Finish installing an application", "Завершить установку приложения"),
        lambda portal, given: portal.finish_install(_known_application(portal, given)), (_CLIENT,), "portal"),
    Act("application-update", ("Update an application", "Обновить приложение"),
        lambda portal, given: portal.update_application(_known_application(portal, given)), (_CLIENT,), "portal"),
    Act("application-remove", ("Remove an application", "Удалить приложение"),
        lambda portal, given: portal.remove_application(_known_application(portal, given), given["clean"]),
        (_CLIENT, Take("clean", "flag", required=False, default=False)), "portal"),
    Act("tokens", ("Give an application tokens", "Выдать приложению токены"), _tokens,
        (_CLIENT, Take("user", "integer", required=False, default=1))),
    Act("token-expire", ("Let an access token run out", "Просрочить токен доступа"),
        lambda portal, given: portal.expire_token(given["access_token"]), (Take("access_token"),),
        example={"access_token": "0123456789abcdef"}),
    Act("rename", ("Give the portal another address", "Сменить адрес портала"),
        lambda portal, given: portal.rename(given["host"]), (Take("host"),), "portal",
        example={"host": "renamed.bitrix24.ru"}),
    Act("settings", ("Change what the portal is like", "Изменить свойства портала"), _settings, _SETTINGS, "portal",
        example={"plan": "box"}),
    Act("load", ("Load records, as --data does", "Загрузить записи, как --data"),
        lambda portal, given: load(portal, given["data"]).as_json(), (Take("data", "object"),), "portal",
        example={"data": {"items": [{"entityTypeId": 2, "fields": {"title": "Loaded"}}]}}),
    Act("dump", ("Give everything back as such data", "Выгрузить всё такими же данными"),
        lambda portal, _: dump(portal)),
]  # fmt: skip
_TROUBLE = [
    Act("fault", ("Order a fault", "Заказать сбой"), lambda portal, given: portal.fault(fault_of(given)), FAULT_TAKES,
        "faults", example={"kind": "close", "method": "crm.item.add", "times": 1}),
    Act("faults-clear", ("Call all faults off", "Отменить все сбои"), lambda portal, _: portal.faults.clear()),
    Act("events", ("Set how events go astray", "Как теряются события"), _events, SWITCH_TAKES,
        example={"double": True}),
    Act("events-release", ("Send what was held", "Отпустить задержанные"),
        lambda portal, given: portal.events.release(given["backwards"]),
        (Take("backwards", "flag", required=False, default=False),)),
    Act("events-flush", ("Wait until all are sent", "Дождаться отправки всех"),
        lambda portal, given: portal.flush(given["timeout"]),
        (Take("timeout", "number", required=False, default=10.0),)),
    Act("advance", ("Move a virtual clock on", "Передвинуть виртуальные часы"), _advance, (Take("seconds", "number"),),
        example={"seconds": 60}),
    Act("reset", ("Empty logs and counters", "Очистить журналы и счётчики"), lambda portal, _: portal.reset_counters()),
]  # fmt: skip
_READS = [
    Act("overview", ("All that the page shows", "Всё, что на странице"), lambda portal, _: overview(portal),
        reads=True),
    Act("requests", ("What was asked", "Что спрашивали"), lambda portal, _: [asdict(line) for line in portal.requests],
        reads=True),
    Act("deliveries", ("Events sent", "Отправленные события"),
        lambda portal, _: [asdict(line) for line in portal.events.log], reads=True),
    Act("counters", ("Requests, commands, writes", "Запросы, команды, записи"),
        lambda portal, _: asdict(portal.counters), reads=True),
    Act("budgets", ("What is left of the limits", "Остаток лимитов"), lambda portal, _: budgets(portal), reads=True),
    Act("faults", ("Faults to come", "Предстоящие сбои"), lambda portal, _: portal.faults.waiting(), reads=True),
    Act("clock", ("The portal's time", "Время портала"), lambda portal, _: clock(portal), reads=True),
]  # fmt: skip
ACTS: dict[str, Act] = {act.name: act for act in (*_PEOPLE, *_PORTAL, *_TROUBLE, *_READS)}
