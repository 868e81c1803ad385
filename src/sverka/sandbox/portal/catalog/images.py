"""Pictures of products and variations."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.catalog.drafts import PICTURES, properties_of, read_upload
from sverka.sandbox.portal.catalog.products import keep_file, set_picture
from sverka.sandbox.portal.catalog.room import NO_READING, NO_WRITING, Room, given_fields, guarded, lacking, refusal
from sverka.sandbox.portal.catalog.tables import FILE, PRODUCT
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Item

_TYPES = ("DETAIL_PICTURE", "PREVIEW_PICTURE", "MORE_PHOTO")
_COLUMNS = {"DETAIL_PICTURE": "detailPicture", "PREVIEW_PICTURE": "previewPicture"}
_EXTENSION = re.compile(r".+\.(jpe?g|png|gif|webp|bmp|svg)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_FAMILY = Room("catalog.productImage", FILE, "productImage", "productImages", verbs=("fields",))


def _product(core: Core, raw: Any) -> Item:
    item = PRODUCT.rows(core).get(to_int(raw) or 0)
    if item is None:
        raise refusal("Product was not found")
    return item


def _image(core: Core, params: Params) -> tuple[Item, Item]:
    product = _product(core, params.get("productId"))
    file = FILE.rows(core).get(params.number("id") or 0)
    if file is None or file.values["productId"] != product.id or file.values["type"] not in _TYPES:
        raise refusal("Image was not found")
    return product, file


def _more_photo(core: Core, product: Item) -> str:
    for name, line in properties_of(core, product.values["iblockId"]).items():
        if line.values["code"] == "MORE_PHOTO":
            return name
    raise refusal("The product property for the image does not exist. Create the MORE_PHOTO property")


def image_add(core: Core, params: Params) -> Reply:
    """Answer catalog.productImage.add; a second picture of a kind that is single takes the place of the first."""
    given = given_fields(params)
    if given.get("productId") in (None, ""):
        raise lacking("productId")
    product = _product(core, given["productId"])
    kind = str(given.get("type") or "MORE_PHOTO")
    if kind not in _TYPES:
        raise refusal("Wrong format of field type")
    upload = read_upload("fileContent", {"fileData": params.get("fileContent")})
    if upload is None:
        raise refusal("Could not find value for parameter {fileContent}", 100)
    if _FORBIDDEN.search(upload.name):
        raise refusal("The file name contains invalid characters")
    if not _EXTENSION.fullmatch(upload.name):
        raise refusal("Invalid file type")
    if kind in _COLUMNS:
        set_picture(core, product, _COLUMNS[kind], upload)
        file = FILE.rows(core)[product.values[_COLUMNS[kind]]["id"]]
    else:
        name = _more_photo(core, product)
        file = keep_file(core, product, kind, upload)
        product.values.setdefault(name, []).append({"id": file.id})
        number = core.state.next_id("catalogPropertyValue")
        product.values["valueIds"].setdefault(name, []).append(number)
    return Reply({"productImage": _FAMILY.answer(core, file)})


def image_get(core: Core, params: Params) -> Reply:
    """Answer catalog.productImage.get."""
    return Reply({"productImage": _FAMILY.answer(core, _image(core, params)[1])})


def image_list(core: Core, params: Params) -> Reply:
    """Answer catalog.productImage.list: the pictures of one product."""
    product = _product(core, params.get("productId"))
    items = [file for file in FILE.where(core, productId=product.id) if file.values["type"] in _TYPES]
    rows, total, following = page(items, params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    chosen = None if not wanted or "*" in wanted else wanted
    return Reply({"productImages": [_FAMILY.answer(core, file, chosen) for file in rows]}, total, following)


def image_delete(core: Core, params: Params) -> Reply:
    """Answer catalog.productImage.delete."""
    product, file = _image(core, params)
    for name in PICTURES:
        if product.values[name] == {"id": file.id}:
            set_picture(core, product, name, None)
    for name, numbers in product.values["valueIds"].items():
        held = product.values[name]
        if {"id": file.id} in held:
            place = held.index({"id": file.id})
            del held[place], numbers[place]
    FILE.rows(core).pop(file.id, None)
    return Reply(True)


def _method(verb: str, run: Any, required: tuple[str, ...], writes: bool = False) -> Method:
    method = Method(f"catalog.productImage.{verb}", run, "catalog", required, writes=writes)
    return guarded(method, NO_WRITING if writes else NO_READING)


METHODS: list[Method] = [
    *_FAMILY.methods(),
    _method("add", image_add, ("fields", "fileContent"), writes=True),
    _method("get", image_get, ("productId", "id")),
    _method("list", image_list, ("productId",)),
    _method("delete", image_delete, ("productId", "id"), writes=True),
]
