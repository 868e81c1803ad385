"""K9 to K12: buyers who are the same, orders with several deals, and processes beside each other."""

from collections.abc import Sequence

from simulation.lives.setting import CRM, ERP, PRINT, SALES, WORKS, Line, Setting
from simulation.lives.story import (
    ANNA,
    ANNA_BY_PHONE,
    Story,
    kill,
    manager_sets,
    place,
    scene,
    seconds_pass,
    shop_sets,
    wave,
    wave_until,
)
from sverka.domain.mapping.field_mapping import Way

TWO_FUNNELS = Setting({SALES: (Line("track"),), PRINT: (Line("track"),)})
TWO_OFFICES = Setting({SALES: (Line("track"),), WORKS: (Line("track"),)})

STORIES: Sequence[Story] = (
    Story(
        "K9", "A new customer places two orders in one minute.",
        "Both orders look in the CRM, neither finds her, and she becomes two contacts whose histories never meet.",
        [place(1, ANNA_BY_PHONE), place(2, ANNA), wave()],
        scene(Line("track"), orders=2),
        expects=["places order shop/2"], ends=["contacts: 1"],
        without="a second contact (2 beside 1) was made for phone:79990000001",
    ),
    Story(
        "K9", "A customer's contact is being made in doubt when her next order comes.",
        "The request may still land. Whoever makes a contact for the second order in the meantime makes the second "
        "contact.",
        [place(1, ANNA_BY_PHONE), wave_until("is about to make contacts"), wave(meets="LATE"),
         place(2, ANNA_BY_PHONE), wave()],
        scene(Line("track"), orders=2),
        expects=["carried out almost a minute later"], ends=["contacts: 1"],
        without="a second contact (3 beside 1) was made for phone:79990000001",
    ),
    Story(
        "K9", "A customer orders again before the CRM's search knows her.",
        "A portal's search lags. The hub has just made her contact and need not ask.",
        [place(1, ANNA_BY_PHONE), wave(), place(2, ANNA_BY_PHONE), wave()],
        scene(Line("track"), orders=2, lag=55),
        ends=["contacts: 1"],
        without="a second contact (3 beside 1) was made for phone:79990000001",
    ),
    Story(
        "K10", "A manager's edit reaches the order, whose bell is lost, and the works have a record of it too.",
        "Stores do not tell of what came over their own interface, or tell it once. The works would print to the old "
        "address until the night.",
        [place(), wave(), wave(office=ERP), manager_sets("track", "A"), wave()],
        TWO_OFFICES,
        ends=["crm/1 shows track A", "erp/1 shows track A"],
        without="track of shop/1 under works (A | —): they differ, and no reason is shown",
    ),
    Story(
        "K10", "A manager's edit in one funnel reaches the order, and the order has a deal in another funnel.",
        "The other deal hears of it only through the order, and the order's own bell may be lost.",
        [place(), wave(), manager_sets("track", "A"), wave()],
        TWO_FUNNELS,
        ends=["crm/1 shows track A", "crm/2 shows track A"],
        without="track of shop/1 under print (A | —): they differ, and no reason is shown",
    ),
    Story(
        "K10", "A manager edits a deal in the moment in which its invoice is made.",
        "The edit reaches the order while the invoice is made of the order as it was. It is nobody's yet, and "
        "has to hear of the edit all the same.",
        [place(), wave(), manager_sets("track", "A"), wave()],
        scene(Line("track"), invoice=True),
        ends=["crm/1 shows track A", "crm/SI_2 shows track A"],
        without="track of shop/1 under sales:invoice (A | —): they differ, and no reason is shown",
    ),
    Story(
        "K10", "The CRM refuses an order for a value that is then mended in the works.",
        "The mended value reaches the order, and with it the deal could be made: but nobody rings for a deal there is "
        "not yet.",
        [place(), shop_sets("hard", "bad"), wave(), wave(office=ERP), manager_sets("hard", "good"), wave(office=ERP)],
        Setting({SALES: (Line("hard", way=Way.TO_OFFICE),), WORKS: (Line("hard", way=Way.TO_STORE),)}),
        ends=["record crm/1 shows hard good"],
        without="an echo was written",
    ),
    Story(
        "K11", "Two managers set the same field of two deals of one order at the same time.",
        "One request would carry two values for one field: one is lost without a word, and the hub remembers both as "
        "agreed on.",
        [place(), wave(), manager_sets("track", "A", record=1), manager_sets("track", "B", record=2), wave()],
        TWO_FUNNELS,
        expects=["record crm/1 to 'A'", "record crm/2 to 'B'"],
        ends=["shop/1 shows track B; record crm/1 shows track B; record crm/2 shows track B."],
        without="track of shop/1 under sales (B | A): the reason shown is not so: kept",
    ),
    Story(
        "K12", "A process is killed as soon as it has taken an order to look at.",
        "The order stays marked as being visited by a process that is no more, and nobody visits it again.",
        [place(), wave_until("has claimed"), kill("A"), seconds_pass(), wave("B")],
        expects=["Process A is killed"], ends=["record crm/1 shows"],
        without="the hub does not come to rest",
    ),
    Story(
        "K12", "The CRM's process and the works' process come to the same order at the same moment.",
        "Two processes that write one order at once overwrite each other. The second has to leave it alone, and not to "
        "stumble over it either.",
        [place(), wave(office=CRM), wave(office=ERP), shop_sets("track", "A"), wave_until("has claimed", "A", CRM),
         wave("B", ERP)],
        TWO_OFFICES,
        expects=["has claimed shop/1"], ends=["crm/1 shows track A", "erp/1 shows track A"],
        without="the hub crashed: IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint failed: "
        "visits.store, visits.order_id",
    ),
)  # fmt: skip
