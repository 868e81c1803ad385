"""Good calls about what hangs on records."""

from typing import Any

from sverka.sandbox.portal import Portal

_CONTENT = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_REQUISITE = {"ENTITY_TYPE_ID": 3, "ENTITY_ID": 1, "PRESET_ID": 1, "NAME": "Main", "RQ_INN": "7707083893"}
_ADDRESS = {"TYPE_ID": 1, "ENTITY_TYPE_ID": 8, "ENTITY_ID": 1}
_LINK = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": 1, "REQUISITE_ID": 1, "BANK_DETAIL_ID": 1, "MC_REQUISITE_ID": 0,
         "MC_BANK_DETAIL_ID": 0}  # fmt: skip
_COMMENT = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}
_FILES = {"FILES": [["a.gif", _CONTENT]]}
_DEAL = {"entityTypeId": 2, "entityId": 1}
_OWNER = {"ownerTypeId": 2, "ownerId": 1}
_NOTE = _OWNER | {"itemType": 1, "itemId": 1}
_LOG = _DEAL | {"title": "x", "text": "y", "iconCode": "info"}
_CALL = {"OWNER_TYPE_ID": 2, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "x", "RESPONSIBLE_ID": 1, "COMMUNICATIONS": [
    {"ENTITY_TYPE_ID": 3, "ENTITY_ID": 1, "TYPE": "PHONE", "VALUE": "1"}]}  # fmt: skip
_TODO = _OWNER | {"deadline": "2026-05-20T10:00:00+03:00"}
_LAYOUT = {"icon": {"code": "info"}, "header": {"title": "x"}, "body": {"logo": {"code": "info"}, "blocks": {}}}
_BLOCKS = {"layout": {"blocks": {"a": {"type": "text", "properties": {"value": "x"}}}}}
_CONFIGURABLE = _OWNER | {"fields": {"deadline": "2026-05-20T10:00:00+03:00"}, "layout": _LAYOUT}
_TYPE = {"USER_TYPE_ID": "order", "HANDLER": "https://shop.example/field", "TITLE": "Order"}
_LIST = {"entityId": "CRM_DEAL", "fieldName": "UF_CRM_DEAL_LIST", "userTypeId": "enumeration", "multiple": "Y",
         "editFormLabel": {"en": "List", "ru": "Список"}, "enum": [{"value": "a"}, {"value": "b"}]}  # fmt: skip
_CRM = {"moduleId": "crm"}

_ENTITIES = ("lead", "deal", "contact", "company", "quote", "requisite")

CALLS: dict[str, dict[str, Any]] = {
    **{f"crm.{entity}.userfield.list": {"filter": {"LANG": "ru"}} for entity in _ENTITIES},
    "crm.userfield.types": {},
    "crm.userfield.fields": {},
    "crm.userfield.enumeration.fields": {},
    "crm.userfield.settings.fields": {"type": "double"},
    "userfieldconfig.add": _CRM | {"field": _LIST | {"fieldName": "UF_CRM_DEAL_NEW"}},
    "userfieldconfig.get": _CRM | {"id": 1},
    "userfieldconfig.list": _CRM,
    "userfieldconfig.update": _CRM | {"id": 1, "field": {"mandatory": "Y"}},
    "userfieldconfig.delete": _CRM | {"id": 1},
    "userfieldconfig.getTypes": _CRM,
    "userfieldtype.add": _TYPE | {"USER_TYPE_ID": "other", "HANDLER": "https://shop.example/other"},
    "userfieldtype.update": _TYPE,
    "userfieldtype.delete": {"USER_TYPE_ID": "order"},
    "crm.requisite.add": {"fields": _REQUISITE},
    "crm.requisite.update": {"id": 1, "fields": {"RQ_KPP": "1"}},
    "crm.requisite.bankdetail.add": {"fields": {"ENTITY_ID": 1, "NAME": "Bank"}},
    "crm.requisite.bankdetail.update": {"id": 1, "fields": {"RQ_BIK": "1"}},
    "crm.requisite.link.get": _DEAL,
    "crm.requisite.link.register": {"fields": _LINK},
    "crm.requisite.link.unregister": _DEAL,
    "crm.requisite.preset.add": {"fields": {"ENTITY_TYPE_ID": 8, "COUNTRY_ID": 1, "NAME": "x"}},
    "crm.requisite.preset.update": {"id": 1, "fields": {"NAME": "y"}},
    "crm.requisite.preset.delete": {"id": 3},
    "crm.requisite.preset.field.add": {"preset": {"ID": 1}, "fields": {"FIELD_NAME": "RQ_NAME"}},
    "crm.requisite.preset.field.get": {"preset": {"ID": 1}, "id": 1},
    "crm.requisite.preset.field.list": {"preset": {"ID": 1}},
    "crm.requisite.preset.field.update": {"preset": {"ID": 1}, "id": 1, "fields": {"SORT": 5}},
    "crm.requisite.preset.field.delete": {"preset": {"ID": 1}, "id": 1},
    "crm.requisite.preset.field.availabletoadd": {"preset": {"ID": 1}},
    "crm.address.add": {"fields": _ADDRESS | {"TYPE_ID": 6, "CITY": "x"}},
    "crm.address.update": {"fields": _ADDRESS | {"CITY": "y"}},
    "crm.address.delete": {"fields": _ADDRESS},
    "crm.timeline.comment.add": {"fields": _COMMENT | {"COMMENT": "x"} | _FILES},
    "crm.timeline.comment.update": {"id": 1, "fields": {"COMMENT": "y"} | _FILES},
    "crm.timeline.comment.list": {"filter": _COMMENT},
    "crm.timeline.comment.delete": {"id": 2},
    "crm.timeline.bindings.bind": {"fields": {"OWNER_ID": 1, "ENTITY_ID": 1, "ENTITY_TYPE": "company"}},
    "crm.timeline.bindings.unbind": {"fields": {"OWNER_ID": 1, "ENTITY_ID": 1, "ENTITY_TYPE": "contact"}},
    "crm.timeline.bindings.list": {"filter": {"OWNER_ID": 1}},
    "crm.timeline.logmessage.add": {"fields": _LOG},
    "crm.timeline.logmessage.get": {"id": 3},
    "crm.timeline.logmessage.list": _DEAL,
    "crm.timeline.logmessage.delete": {"id": 3},
    "crm.timeline.icon.add": {"code": "shop", "fileContent": _CONTENT},
    "crm.timeline.icon.get": {"code": "own"},
    "crm.timeline.icon.delete": {"code": "own"},
    "crm.timeline.logo.add": {"code": "shop", "fileContent": _CONTENT},
    "crm.timeline.logo.get": {"code": "own"},
    "crm.timeline.logo.delete": {"code": "own"},
    "crm.timeline.note.save": _NOTE | {"text": "x"},
    "crm.timeline.note.get": _NOTE,
    "crm.timeline.note.delete": _NOTE,
    "crm.timeline.item.pin": _OWNER | {"id": 1},
    "crm.timeline.item.unpin": _OWNER | {"id": 1},
    "crm.timeline.layout.blocks.set": _DEAL | {"timelineId": 1} | _BLOCKS,
    "crm.timeline.layout.blocks.get": _DEAL | {"timelineId": 1},
    "crm.timeline.layout.blocks.delete": _DEAL | {"timelineId": 1},
    "crm.activity.add": {"fields": _CALL},
    "crm.activity.update": {"id": 1, "fields": {"SUBJECT": "y"}},
    "crm.activity.list": {"select": ["*", "COMMUNICATIONS"]},
    "crm.activity.todo.add": _TODO,
    "crm.activity.todo.update": _TODO | {"id": 2, "title": "y"},
    "crm.activity.todo.updateDeadline": _OWNER | {"id": 2, "value": "2026-05-21"},
    "crm.activity.todo.updateDescription": _OWNER | {"id": 2, "value": "y"},
    "crm.activity.todo.updateColor": _OWNER | {"id": 2, "colorId": "3"},
    "crm.activity.todo.updateResponsibleUser": _OWNER | {"id": 2, "responsibleId": 6},
    "crm.activity.binding.add": {"activityId": 2, "entityTypeId": 4, "entityId": 1},
    "crm.activity.binding.delete": {"activityId": 1, "entityTypeId": 3, "entityId": 1},
    "crm.activity.binding.list": {"activityId": 1},
    "crm.activity.binding.move": {
        "activityId": 1, "sourceEntityTypeId": 3, "sourceEntityId": 1, "targetEntityTypeId": 3, "targetEntityId": 2,
    },
    "crm.activity.badge.add": {"code": "x", "title": "x", "value": "y", "type": "failure"},
    "crm.activity.badge.get": {"code": "own"},
    "crm.activity.badge.delete": {"code": "own"},
    "crm.activity.type.add": {"fields": {"TYPE_ID": "other", "NAME": "x"}},
    "crm.activity.type.delete": {"TYPE_ID": "own"},
    "crm.activity.configurable.add": _CONFIGURABLE,
    "crm.activity.configurable.get": {"id": 3},
    "crm.activity.configurable.update": {"id": 3, "fields": {"completed": True}, "layout": _LAYOUT},
    "crm.activity.layout.blocks.set": _DEAL | {"activityId": 1} | _BLOCKS,
    "crm.activity.layout.blocks.get": _DEAL | {"activityId": 1},
    "crm.activity.layout.blocks.delete": _DEAL | {"activityId": 1},
    "crm.tracking.trace.add": {"TRACE": '{"tags": {}}', "ENTITIES": [{"TYPE": "DEAL", "ID": 1}]},
    "crm.automation.trigger": {"target": "DEAL_1", "code": "x"},
    "crm.automation.trigger.add": {"CODE": "x", "NAME": "x"},
    "crm.automation.trigger.execute": {"CODE": "own", "OWNER_TYPE_ID": 2, "OWNER_ID": 1},
    "crm.automation.trigger.delete": {"CODE": "own"},
    "user.get": {"filter": {"ACTIVE": True}},
    "user.search": {"filter": {"FIND": "Менеджеров"}},
    "user.add": {"EMAIL": "new@example.com"},
    "user.update": {"ID": 6, "NAME": "x"},
}  # fmt: skip

_AS_PARAMETERS = "the schema takes the table of the answer for parameters; its page names none"
#: where the vendor's schema is no guide, and why
DEVIATIONS = {
    "crm.activity.badge.list": _AS_PARAMETERS,
    "crm.activity.communication.fields": _AS_PARAMETERS,
    "crm.activity.fields": _AS_PARAMETERS,
    "crm.activity.type.list": _AS_PARAMETERS,
    "crm.userfield.enumeration.fields": _AS_PARAMETERS,
    "crm.userfield.fields": _AS_PARAMETERS,
    "crm.userfield.types": _AS_PARAMETERS,
    "crm.timeline.layout.blocks.get": "the example shows one application's blocks, which are whatever it has set",
    "userfieldconfig.getTypes": "the example shows a type that an application has brought",
}

#: by an application
_MADE_BY_APPLICATION = [
    ("userfieldtype.add", _TYPE),
    ("crm.activity.type.add", {"fields": {"TYPE_ID": "own"}}),
    ("crm.activity.configurable.add", _CONFIGURABLE),
    ("crm.activity.layout.blocks.set", _DEAL | {"activityId": 1} | _BLOCKS),
    ("crm.timeline.layout.blocks.set", _DEAL | {"timelineId": 1} | _BLOCKS),
    ("crm.automation.trigger.add", {"CODE": "own", "NAME": "own"}),
]
_MADE = [
    ("userfieldconfig.add", _CRM | {"field": _LIST}),
    *[
        (f"crm.{entity}.userfield.add", {"fields": {"FIELD_NAME": "MADE", "USER_TYPE_ID": "crm_status"}})
        for entity in _ENTITIES
    ],
    ("crm.contact.add", {"fields": {"NAME": "B"}}),
    ("crm.requisite.add", {"fields": _REQUISITE}),
    ("crm.requisite.bankdetail.add", {"fields": {"ENTITY_ID": 1, "NAME": "Bank"}}),
    ("crm.requisite.link.register", {"fields": _LINK}),
    ("crm.address.add", {"fields": _ADDRESS | {"CITY": "x"}}),
    ("crm.timeline.comment.add", {"fields": _COMMENT | {"COMMENT": "x"} | _FILES}),
    ("crm.timeline.comment.update", {"id": 1, "fields": _FILES}),
    ("crm.timeline.bindings.bind", {"fields": {"OWNER_ID": 1, "ENTITY_ID": 1, "ENTITY_TYPE": "contact"}}),
    ("crm.timeline.logmessage.add", {"fields": _LOG}),
    ("crm.timeline.icon.add", {"code": "own", "fileContent": _CONTENT}),
    ("crm.timeline.logo.add", {"code": "own", "fileContent": _CONTENT}),
    ("crm.timeline.note.save", _NOTE | {"text": "x"}),
    ("crm.activity.add", {"fields": _CALL}),
    ("crm.activity.todo.add", _TODO),
    ("crm.activity.badge.add", {"code": "own", "title": "x", "value": "y", "type": "failure"}),
]


def prepare(portal: Portal) -> None:
    """Put a requisite, an address, comments, a log entry and activities at the records there are."""
    for method, params in _MADE:
        portal.call(method, params)
    application = portal.as_application()
    for method, params in _MADE_BY_APPLICATION:
        portal.call_as(application, method, params)
