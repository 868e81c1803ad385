"""What moves along by rules beside the status map, and what is carried once: milestones, mails, files, comments."""

from collections.abc import Sequence

from simulation.lives.acts import Act
from simulation.lives.setting import PRINT, SALES, Line, Setting
from simulation.lives.story import (
    ABOUT_TO_STORE,
    ABOUT_TO_WRITE,
    Story,
    manager_sets,
    manager_writes,
    place,
    says,
    scene,
    seconds_pass,
    shop_sets,
    switch,
    wave,
    wave_until,
)
from sverka.domain.mapping.field_mapping import Policy

OF_COMMENTS: Sequence[Story] = (
    Story(
        "K24",
        "A customer asks, a manager answers in the deal, and both sides are looked at again.",
        "What the hub has copied carries its source's mark and is known again by it. Taken for a new comment it would "
        "go back to where it came from, and from there back again, each time with a mail to the customer.",
        [place(), wave(), says(0), wave(), manager_writes(1), wave(), Act("compare"), wave()],
        scene(Line("comments")),
        expects=["'call me'", "'!it is ready'"],
        ends=[
            "shop/1 shows comments call me (shop/1); it is ready (crm/2);",
            "crm/1 shows comments call me (shop/1); !it is ready (crm/2).",
        ],
        without="nobody has said it",
    ),
    Story(
        "K24",
        "Two comments go to a deal in one request, which is cut off between them.",
        "The one that has arrived shows it by its mark, and only the other is sent. A hub that judges by the deal's "
        "stamp knows of neither: the second would never come.",
        [place(), wave(), says(0, bell="lost"), says(2), wave_until(ABOUT_TO_WRITE), wave(meets="CUT"), seconds_pass()],
        scene(Line("comments")),
        expects=["carried out by half"],
        ends=["crm/1 shows comments call me (shop/1); paid by card (shop/2)."],
        without="comment shop/2 of shop/1 never came to record crm/1",
    ),
    Story(
        "K24",
        "Somebody deletes a comment while another is on its way to the same order.",
        "What was there when the hub looked and is no longer was deleted, and has not been left for later. It stays "
        "deleted.",
        [
            place(),
            wave(),
            manager_writes(2),
            wave(),
            wave(),
            manager_writes(3),
            wave(),
            wave_until(ABOUT_TO_STORE),
            Act("unsay", ("store", 0, 0)),
            wave(),
        ],
        scene(Line("comments")),
        expects=["deletes comment crm/1 under shop/1"],
        ends=["shop/1 shows comments leave at the door (crm/2);"],
    ),
    Story(
        "K24",
        "A manager moves a deal on, back, and on again, and the shop mails its customers of that status.",
        "To set a status that notifies is an act, and is done once. Whether the customer is told again, a person says.",
        [
            place(),
            wave(),
            manager_sets("status", "READY"),
            wave(),
            manager_sets("status", "EXECUTING"),
            wave(),
            manager_sets("status", "READY"),
            wave(),
        ],
        scene(Line("status", tells=True)),
        ends=["shop/1 shows status P", "crm/1 shows status READY", "status: held, until a person says"],
        without="status of shop/1 under sales: P → R: the customer was told of it before",
    ),
)

STORIES: Sequence[Story] = (
    Story(
        "milestones", "The payment of an order comes in when its deal is won already.",
        "That the order is paid has no more to say to a deal that is further on. Moved back to what a payment leads "
        "to, it would be worked on a second time.",
        [place(), wave(), manager_sets("status", "WON"), wave(), shop_sets("paid", True), wave()],
        scene(Line("status"), Line("paid")),
        ends=["shop/1 shows status F, paid yes; record crm/1 shows status WON."],
        without="paid of shop/1 under sales: WON → READY: a milestone moved a deal back",
    ),
    Story(
        "milestones", "An order is paid whose deal a manager has called off.",
        "The money may have to go back, which is a person's affair. The deal stays off.",
        [place(), wave(), manager_sets("paid", "LOSE"), wave(), shop_sets("paid", True), wave()],
        scene(Line("paid")),
        ends=["shop/1 shows paid yes; record crm/1 shows stage LOSE."],
        without="a milestone brought back what was cancelled",
    ),
    Story(
        "milestones", "An order is paid and set to a status in one moment, and both mean a stage.",
        "Of the two the deal gets the stage that is further on, and what that stage means comes back to the order.",
        [place(), wave(), shop_sets("status", "P", bell="lost"), shop_sets("paid", True), wave()],
        scene(Line("status"), Line("paid")),
        ends=["shop/1 shows status R, paid yes; record crm/1 shows status READY"],
    ),
    Story(
        "guards", "The shop sets an order back to new, and the profile lets things go forward only.",
        "A module of the shop may set an order back by itself. The deal stays where it is until a person says whose "
        "value stays.",
        [place(), wave(), shop_sets("status", "R"), wave(), shop_sets("status", "N"), wave()],
        scene(Line("status", guard=True)),
        ends=["shop/1 shows status N", "crm/1 shows status READY", "status: held, until a person says"],
        without="status of shop/1 under sales: READY → NEW: a guarded map moved it back",
    ),
    Story(
        "guards", "The guard holds a deal that is won, and then the order is refunded.",
        "The refund calls the deal off, and with that the status the guard held is passed. Were it still waiting, the "
        "deal would be back at work as soon as it is called off.",
        [place(), wave(), shop_sets("status", "P", bell="lost"), manager_sets("status", "WON"), wave(),
         shop_sets("refunded", "full"), wave()],
        scene(Line("status", Policy.STORE_WINS, guard=True), Line("refunded")),
        ends=["shop/1 shows status cancelled, refunded full; record crm/1 shows status APOLOGY."],
    ),
    Story(
        "handovers", "A deal was handed over to another funnel, and the shop sets the order on.",
        "Each funnel has stages of its own. The deal is won in the funnel it is in; pulled back into the first one, it "
        "would be missed by whoever works on it now.",
        [place(), wave(), manager_sets("status", "READY"), wave(), shop_sets("status", "F"),
         wave()],
        scene(Line("status"), Line("handover")),
        ends=["shop/1 shows status F", "crm/1 shows status C2:WON"],
        without="status of shop/1 under sales: C2:NEW → WON: moved into another funnel, though nothing hands it over",
    ),
    Story(
        "files", "One of an order's two files is replaced by another.",
        "Only the new one is fetched and sent; the other stays where it is, under the name it has there. Else a deal "
        "with ten print files would take all ten again for each that changes.",
        [place(), wave(), shop_sets("docs", ("a", "b")), wave(), shop_sets("docs", ("b", "c")), wave()],
        scene(Line("docs")),
        ends=["shop/1 shows docs b; c", "crm/1 shows docs b; c."],
        without="file b is sent again, and nobody has touched it on either side",
    ),
    Story(
        "files", "A manager opens a deal by hand with a file in it, and an order is made of it.",
        "Files do not ride with what is born, they follow it. Taken for agreed at the birth, the file would stay in "
        "the deal for good, and nobody would be told.",
        [Act("open_deal", (0, "now")), wave(), wave()],
        scene(Line("status"), Line("docs"), new_order=True),
        ends=["shop/m1001 shows status N, docs a; record crm/1 shows status NEW, docs a."],
        without="Order shop/m1001 shows status N, docs —; record crm/1 shows status NEW, docs a.",
    ),
    Story(
        "switches", "The owner has the hub write nothing to deals, and an order is edited.",
        "While a shop moves house its owner wants to look and not to touch. What is held is shown, and goes over once "
        "the switch is turned back.",
        [place(), wave(), switch(), shop_sets("track", "A"), wave()],
        expects=["changes the switch of profile sales"],
        ends=["shop/1 shows track A; record crm/1 shows track —"],
        without="track of shop/1 under sales: — → A: written though the profile does not write to the office",
    ),
    Story(
        "switches", "The hub writes nothing to deals, and an order is paid and shipped in one moment.",
        "Both lead to a stage, and one of them is further on. The other waits behind it and is held as well; a list "
        "that names one of the two is believed to name all.",
        [place(), wave(), switch(), shop_sets("paid", True, bell="lost"), shop_sets("shipped", True), wave()],
        scene(Line("paid"), Line("shipped")),
        ends=["crm/1 shows stage NEW", "paid: kept differently there; shipped: kept differently there"],
        without="they differ, and no reason is shown",
    ),
    Story(
        "switches", "The owner turns the switch back.",
        "What was held meanwhile goes over by itself.",
        [place(), wave(), switch(), shop_sets("track", "A"), wave(), switch(), wave()],
        ends=["shop/1 shows track A; record crm/1 shows track A."],
    ),
)  # fmt: skip

OF_ADDING: Sequence[Story] = (
    Story(
        "K17",
        "The shop and two managers, each in a deal of his own, add a tag to one order at one moment.",
        "The order takes one manager's tag first; the other's waits for the next visit, while the shop's has come to "
        "his deal already. Were all that his deal shows then taken for agreed, his own tag would never leave it.",
        [
            place(),
            wave(),
            shop_sets("tags", ("t2",), bell="lost"),
            manager_sets("tags", ("t1",), bell="lost"),
            manager_sets("tags", ("t3", "t1"), record=2),
            wave(),
        ],
        Setting({SALES: (Line("tags"),), PRINT: (Line("tags"),)}),
        ends=["shop/1 shows tags t2; t1; t3"],
        without="tags of shop/1 under print (t2; t1 | t3; t1; t2): they differ, and no reason is shown",
    ),
)

OF_QUESTIONS: Sequence[Story] = (
    Story(
        "K15", "A question about a status is asked, and in the same moment the order's shipment moves the deal there.",
        "The hub's own write has settled the question it was about to ask. It looks again, and asks nobody.",
        [place(), wave(), shop_sets("shipped", True, bell="lost"), shop_sets("status", "R"),
         manager_sets("status", "EXECUTING"), wave()],
        scene(Line("status", Policy.ASK), Line("shipped")),
        ends=["shop/1 shows status R, shipped yes; record crm/1 shows status QUALITY."],
        without="both agree, and a stale reason is shown: conflict",
    ),
)  # fmt: skip
