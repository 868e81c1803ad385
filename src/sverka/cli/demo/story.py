"""The story of the demo, told while it happens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sverka.cli.demo.ledger import Ledger, Row, lay_side_by_side
from sverka.cli.demo.stage import Stage
from sverka.domain.ids import OrderRef
from sverka.domain.text import Language, Text
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import DEAL

GOODS = (
    ("Визитки 4+4, 1000 шт.", "1890.00", 1),
    ("Буклет евро", "17.35", 300),
    ("Наклейки круглые", "3.15", 150),
    ("Календарь перекидной", "412.50", 4),
    ("Баннер 2×1 м", "2350.00", 1),
    ("Листовки А5", "4.99", 500),
)
PEOPLE = ("Анна Ким", "Пётр Соколов", "Ольга Кузнецова", "Илья Лебедев", "Мария Новак", "Олег Титов")


@dataclass
class Story:
    """Tells what happens and checks that it did. `healed` counts the lost bells that the sweep made good."""

    stage: Stage
    console: Console
    language: Language
    healed: int = 0
    placed: dict[str, list[int]] = field(default_factory=lambda: {"site": [], "woo": [], "cml": [], "pix": []})
    _step: int = 0

    def tell(self, text: Text) -> None:
        """Begin a chapter."""
        self._step += 1
        self.console.print(f"\n[bold]{self._step}. {text.say(self.language)}[/bold]")

    def show(self, text: Text) -> None:
        """Say what was seen."""
        self.console.print(f"   {text.say(self.language)}")

    def wait(self, en: str, ru: str, happened: Callable[[], bool]) -> None:
        """Wait for something, and say that it happened."""
        text = Text(en, ru)
        self.stage.wait(text, happened)
        self.show(Text(f"[green]✓[/green] {en}", f"[green]✓[/green] {ru}"))

    def row(self, name: str) -> Row:
        """Return an order and its deals, as they are now."""
        return next(row for row in lay_side_by_side(self.stage).rows if row.order == name)

    def move(self, name: str, stage_id: str) -> None:
        """Have a manager move an order's deal."""
        self.stage.portal.portal.move_stage(int(self.row(name).deal["id"]), stage_id)

    def run(self) -> None:
        """Tell the whole story."""
        self.orders_arrive()
        self.a_manager_moves_a_deal()
        self.a_customer_edits()
        self.a_payment_comes()
        self.a_track_number_travels()
        self.a_customer_cancels()
        self.bells_are_lost()
        self.other_ways_in()
        self.echoes_end()
        self.stage.settle()

    def orders_arrive(self) -> None:
        """Six orders in each store; the first buyer buys in both."""
        self.tell(Text("Twelve orders arrive in two stores.", "В два магазина приходят двенадцать заказов."))
        for number, ((name, price, quantity), person) in enumerate(zip(GOODS, PEOPLE, strict=True), start=1):
            phone, email = f"8 (999) 000-00-0{number}", f"buyer{number}@example.test"
            item = {"name": name, "price": price, "quantity": quantity}
            order = self.stage.site.store.place_order({"fio": person, "phone": phone, "email": email}, [item])
            self.placed["site"].append(order)
        for number, ((name, price, quantity), person) in enumerate(zip(GOODS, PEOPLE, strict=True), start=1):
            phone = "+7 999 000-00-01" if number == 1 else f"+7 999 000-01-0{number}"
            first, last = person.split()
            billing = {"first_name": first, "last_name": last, "phone": phone, "email": f"guest{number}@example.test"}
            item = {"product_id": 900 + number, "name": name, "price": price, "quantity": quantity}
            shipping = {"method_id": "flat_rate", "method_title": "Курьер", "total": "300.00"} if number % 2 else None
            self.placed["woo"].append(self.stage.woo.store.place_order(billing, [item], shipping))
        self.wait(
            "every order has become a deal", "каждый заказ стал сделкой",
            lambda: all(row.deals for row in lay_side_by_side(self.stage).rows),
        )  # fmt: skip
        self.stage.settle()
        ledger = lay_side_by_side(self.stage)
        self._table(ledger)
        contacts = {row.deal["contactIds"][0] for row in ledger.rows}
        self.show(
            Text(f"{PEOPLE[0]} bought in both stores: {len(contacts)} contacts for {len(ledger.rows)} orders.",
                 f"{PEOPLE[0]} купила в обоих магазинах: контактов {len(contacts)} на {len(ledger.rows)} заказов.")
        )  # fmt: skip

    def _table(self, ledger: Ledger) -> None:
        heads = {"en": ("order", "total", "deal", "funnel", "stage", "title"),
                 "ru": ("заказ", "сумма", "сделка", "воронка", "стадия", "название")}  # fmt: skip
        table = Table(*heads[self.language], box=None, padding=(0, 1))
        for row in ledger.rows:
            deal = row.deal
            cells = (row.order, f"{row.total:f}", deal["id"], deal["categoryId"], deal["stageId"], deal["title"])
            table.add_row(*map(str, cells))
        self.console.print(table)

    def a_manager_moves_a_deal(self) -> None:
        """See the status follow the stage, and a finer stage stay as it is."""
        one, two = f"site/{self.placed['site'][0]}", f"woo/{self.placed['woo'][0]}"
        self.tell(Text(f"A manager moves the deals of {one} and {two}.", f"Менеджер двигает сделки {one} и {two}."))
        self.move(one, "C2:EXECUTING")
        self.move(two, "WON")
        self.wait(f"{one} is now P in its store", f"{one} в магазине стал P", lambda: self.row(one).status == "P")
        self.wait(f"{two} is now completed", f"{two} стал completed", lambda: self.row(two).status == "completed")
        self.move(one, "C2:UC_QUALITY")
        self.stage.settle()
        self.wait(
            "a finer stage, QUALITY, means the same status and stays", "уточнённая стадия QUALITY не сброшена обратно",
            lambda: (self.row(one).status, self.row(one).deal["stageId"]) == ("P", "C2:UC_QUALITY"),
        )  # fmt: skip

    def a_customer_edits(self) -> None:
        """Rows and total of the deal follow the order."""
        order = self.placed["site"][1]
        name = f"site/{order}"
        self.tell(Text(f"The customer of {name} adds an item.", f"Покупатель добавляет товар в {name}."))
        before = self.row(name).total
        self.stage.site.store.add_item(order, {"name": "Ламинация", "price": "99.90", "quantity": 3})
        total = before + Decimal("299.70")
        self.wait(
            f"the deal's sum went from {before:f} to {total:f}", f"сумма сделки изменилась: {before:f} → {total:f}",
            lambda: Decimal(str(self.row(name).deal["opportunity"])) == total,
        )  # fmt: skip

    def a_payment_comes(self) -> None:
        """See that a paid order's deal stays open (R34)."""
        order = self.placed["site"][2]
        name = f"site/{order}"
        self.tell(Text(f"{name} is paid.", f"Заказ {name} оплачен."))
        stage = self.row(name).deal["stageId"]
        self.stage.site.store.pay(order)
        self.stage.settle()
        self.wait(
            f"the deal is not closed: it stays at {stage}", f"сделка не закрыта: осталась на стадии {stage}",
            lambda: self.row(name).deal["stageId"] == stage,
        )  # fmt: skip

    def a_track_number_travels(self) -> None:
        """See a field of the deal written into the order."""
        order = self.placed["site"][3]
        name = f"site/{order}"
        self.tell(Text("A manager types a track number into a deal.", "Менеджер вписал трек-номер в сделку."))
        self.stage.portal.portal.edit(DEAL, int(self.row(name).deal["id"]), {"UF_CRM_TRACK": "RB000000001RU"})
        self.wait(
            f"the shipment of {name} has it", f"номер стоит в отгрузке {name}",
            lambda: "RB000000001RU" in [s["trackingNumber"] for s in self.stage.site.store.order(order)["shipments"]],
        )  # fmt: skip

    def a_customer_cancels(self) -> None:
        """See a cancelled order's deal lost."""
        order = self.placed["woo"][4]
        name = f"woo/{order}"
        self.tell(Text(f"{name} is cancelled.", f"Заказ {name} отменён."))
        self.stage.woo.store.cancel(order)
        self.wait("its deal is lost", "сделка проиграна", lambda: self.row(name).deal["stageId"] == "LOSE")

    def bells_are_lost(self) -> None:
        """One webhook of each side never arrives; the sweep finds both."""
        one, two = f"site/{self.placed['site'][4]}", f"woo/{self.placed['woo'][5]}"
        self.tell(
            Text("Two webhooks are lost: a moved deal, an edited order.",
                 "Теряются два вебхука: о сдвинутой сделке и о правке заказа.")
        )  # fmt: skip
        self.stage.portal.portal.events.switches.drop_all = True
        self.move(one, "C2:WON")
        self.stage.woo.courier.drop(1)
        self.stage.woo.store.edit(self.placed["woo"][5], {"status": "on-hold"})
        self.stage.settle()
        stale = [self.row(one).status != "F", self.row(two).deal["stageId"] != "PREPAYMENT_INVOICE"]
        self.show(Text("Nobody rang, and nothing happened.", "Никто не позвонил, ничего и не произошло."))
        self.stage.portal.portal.events.switches.drop_all = False
        self.show(
            Text("The sweep, due every five minutes, is made now.", "Обход, обычно раз в пять минут, делаем сейчас.")
        )
        self.stage.worker.sweep_once()
        self.wait(f"{one} is now F in its store", f"{one} в магазине стал F", lambda: self.row(one).status == "F")
        self.wait(
            f"the deal of {two} waits for payment", f"сделка {two} ждёт оплаты",
            lambda: self.row(two).deal["stageId"] == "PREPAYMENT_INVOICE",
        )  # fmt: skip
        self.healed = sum(stale)

    def other_ways_in(self) -> None:
        """See orders of a shop that is let in as by a 1C alone, found by a sweep, and of a print shop on Pixlpark."""
        self.tell(
            Text("Two more shops: one lets the hub in as its 1C, one runs on Pixlpark.",
                 "Ещё два магазина: один пускает хаб вместо 1С, другой работает на Pixlpark.")
        )  # fmt: skip
        buyer = {"fio": PEOPLE[1], "phone": "8 (999) 000-00-02", "email": "buyer2@example.test"}
        stamps = {"name": "Печать круглая", "price": "890.00", "quantity": 1}
        cml = f"cml/{self.stage.cml.store.place_order(buyer, [stamps])}"
        buyer = {"name": PEOPLE[2], "phone": "+7 999 000-00-03", "email": "buyer3@example.test"}
        prints = {"name": "Фото 10×15", "price": "12.50", "quantity": 48}
        pix = f"pix/{self.stage.pix.store.place_order(buyer, [prints])}"
        self.wait(f"{pix} rang and is a deal", f"{pix} позвонил и стал сделкой", lambda: bool(self.row(pix).deals))
        self.show(
            Text("An exchange with 1C rings no bells; the sweep asks it.",
                 "Обмен с 1С уведомлений не шлёт; его спрашивает обход.")
        )  # fmt: skip
        self.stage.worker.sweep_once()
        self.wait(f"{cml} is a deal", f"{cml} стал сделкой", lambda: bool(self.row(cml).deals))
        self.stage.settle()
        for name in (cml, pix):
            self.move(name, "C2:EXECUTING")
        self.wait(
            f"{cml} is now P, by a file for 1C", f"{cml} стал P, файлом обмена", lambda: self.row(cml).status == "P"
        )
        self.wait(f"{pix} is now Printing", f"{pix} стал Printing", lambda: self.row(pix).status == "Printing")
        self._table(self._rows_of(cml, pix))

    def _rows_of(self, *names: str) -> Ledger:
        ledger = lay_side_by_side(self.stage)
        return replace(ledger, rows=tuple(row for row in ledger.rows if row.order in names))

    def echoes_end(self) -> None:
        """See our own writes ring back, and end at a comparison; then visit everything once more."""
        self.tell(Text("What the hub writes rings back at it.", "Записи хаба сами вызывают звонки."))
        self.stage.settle()
        timelines = [
            self.stage.house.storage.journal.timeline(OrderRef.parse(row.order))
            for row in lay_side_by_side(self.stage).rows
        ]
        echoes = sum(line.event is Event.ECHO for timeline in timelines for line in timeline)
        self.show(Text(f"{echoes} echoes ended at a comparison.", f"Сравнением закончились {echoes} эхо."))
        before = self.stage.writes
        self.stage.visit_everything()
        self.stage.settle()
        text = Text("every order is looked at once more", "все заказы просмотрены ещё раз")
        self.wait(f"{text.en}: nothing to write", f"{text.ru}: писать нечего", lambda: self.stage.writes == before)

    def replay(self, recorded: Path) -> None:
        """Replay what a real WooCommerce answered and sent, where that material is present."""
        first = recorded / "order_v3_from_checkout.json"
        second = recorded / "webhook_order_updated.json"
        if not (first.exists() and second.exists()):
            return
        self.tell(
            Text("Two payloads recorded from a real WooCommerce are replayed.",
                 "Повторяем два ответа, записанные с настоящего WooCommerce.")
        )  # fmt: skip
        for order in (json.loads(first.read_text("utf-8")), json.loads(second.read_text("utf-8"))["body"]):
            self._replay(order)

    def _replay(self, order: Mapping[str, Any]) -> None:
        name = f"woo/{self.stage.woo.store.replay(order)}"
        stages = {"processing": "PREPARATION", "completed": "WON"}
        wanted = stages[order["status"]]
        self.wait(
            f"{name}, {order['status']}, {order['total']} RUB: its deal is at {wanted}",
            f"{name}, {order['status']}, {order['total']} RUB: сделка на стадии {wanted}",
            lambda: self.row(name).deal.get("stageId") == wanted,
        )
        self.stage.settle()
