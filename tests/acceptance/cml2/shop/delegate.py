"""What django-cml2 leaves to each site: where its orders are. Here they are a file that tests write.

The package's own documents are used as they are: they carry a buyer, goods and sums, and no status.
"""

import json
from datetime import datetime
from decimal import Decimal

from cml import items, utils
from django.conf import settings


class UserDelegate(utils.AbstractUserDelegate):
    """Shows all orders at every query: the package does not tell it that they were taken."""

    def export_orders(self):
        """Return the orders of the file as the package's documents."""
        file = settings.FOLDER / "orders.json"
        return [_document(one) for one in json.loads(file.read_text("utf-8"))] if file.exists() else []

    def import_document(self, doc):
        """Keep what came back from 1C."""
        with (settings.FOLDER / "imported.txt").open("a", encoding="utf-8") as file:
            file.write(f"{doc.uid}\n")


def _document(order):
    document = items.Document()
    document.uid, document.number = order["id"], order["number"]
    placed = datetime.fromisoformat(order["placed"])
    document.date, document.time = placed.date(), placed.time()
    document.currency_name, document.comment = "RUB", order["comment"]
    document.counterparties = [_buyer(order)]
    document.products = [_goods(row) for row in order["rows"]]
    document.sum = sum((row.sum for row in document.products), Decimal())
    return document


def _buyer(order):
    buyer = items.Counterparty()
    buyer.uid, buyer.name, buyer.last_name = order["buyer"], order["first_name"], order["last_name"]
    buyer.full_name = f"{order['last_name']} {order['first_name']}"
    buyer.address = items.Address()
    buyer.address.content = order["address"]
    buyer.address.fields = []  # the package cannot write any
    return buyer


def _goods(row):
    goods = items.ProductRef()
    goods.product_uid, goods.product_name = row["id"], row["name"]
    goods.unit.unit_id = "796"  # the package has a number here, which it cannot write
    goods.price, goods.quantity = Decimal(row["price"]), Decimal(row["quantity"])
    goods.sum = goods.price * goods.quantity
    return goods
