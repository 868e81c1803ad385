"""K13 to K18: what counts as agreed on, what a value that comes back means, and what is refused."""

from collections.abc import Sequence

from simulation.lives.acts import Act
from simulation.lives.setting import PRINT, SALES, Line, Setting
from simulation.lives.story import (
    ABOUT_TO_WRITE,
    Story,
    kill,
    look,
    manager_sets,
    place,
    price,
    scene,
    seconds_pass,
    shop_sets,
    wave,
    wave_until,
)
from sverka.domain.mapping.field_mapping import Policy, Side

STORIES: Sequence[Story] = (
    Story(
        "K13", "Right after a deal is made, shop and manager both fill a field that was empty.",
        "That both were empty is known from the deal's first answer. A hub that remembers only what it sent has never "
        "seen the field, and asks a person what the profile has decided long ago.",
        [place(), wave(), shop_sets("track", "A"), manager_sets("track", "B")],
        scene(Line("track", Policy.STORE_WINS)),
        ends=["shop/1 shows track A", "crm/1 shows track A"],
        without="track of shop/1 under sales (A | B): asked, though the profile decides it",
    ),
    Story(
        "K13", "The owner maps a field that both sides have filled already, each with its own value.",
        "The hub has never seen which of the two came later. Whichever it chose, every order of the shop would lose "
        "the other value at once.",
        [Act("remap", (("status",),)), place(bell="lost"), shop_sets("track", "A"), wave(), manager_sets("track", "B"),
         wave(), Act("remap", (("status", "track"),)), Act("compare"), wave()],
        scene(Line("status"), Line("track")),
        expects=["map status and track"],
        ends=["shop/1 shows status N, track A", "crm/1 shows status NEW, track B", "a person is asked"],
        without="track of shop/1 under sales: B → A: two values differed at first sight",
    ),
    Story(
        "K13", "The owner maps a field of the order to another field of the deal.",
        "The new field is empty, and not because somebody emptied it. Memory of the old field says otherwise, and the "
        "shop's value would be wiped out on every order.",
        [place(), wave(), shop_sets("track", "A"), wave(), Act("reconfigure", ("field", 0)), Act("compare"), wave()],
        expects=["changes the field of profile sales"],
        ends=["shop/1 shows track A", "a person is asked"],
        without="track of shop/1 under sales: A → —: two values differed at first sight",
    ),
    Story(
        "K14", "The owner changes which orders the profile takes, and an order that has its deal is edited.",
        "The deal would be left behind: a manager works on, and nothing he does reaches the shop.",
        [place(), wave(), Act("reconfigure", ("route", 0)), shop_sets("track", "A"), wave()],
        expects=["changes the route"], ends=["crm/1 shows track A"],
        without="track of shop/1 under sales (A | —): they differ, and no reason is shown",
    ),
    Story(
        "K14", "An order goes to two funnels, and one of its deals cannot be made yet.",
        "Once the first deal is there, the order looks done. The print shop would never hear of it.",
        [place(bell="lost"), price(fits=False), wave(), price(fits=True), wave()],
        Setting({SALES: (Line("track"),), PRINT: (Line("lines"),)}),
        expects=["its lines add up to 99.00"], ends=["record crm/1", "record crm/2"],
        without="At the end: Order shop/1 shows track —; record crm/1 shows track —; lines of shop/1 under "
        "print: held, for the money does not add up.",
    ),
    Story(
        "K14", "An order goes to two funnels, one deal cannot be made yet, and the process making the other dies.",
        "That a second deal is owed must be known before the first is made: afterwards there is an order with a deal, "
        "and nothing says that one is missing.",
        [place(bell="lost"), price(fits=False), wave_until(ABOUT_TO_WRITE), kill(),
         seconds_pass(), wave("B"), price(fits=True)],
        Setting({SALES: (Line("track"),), PRINT: (Line("lines"),)}),
        expects=["Process A is killed"], ends=["record crm/1", "record crm/2"],
        without="shop/1 has no record under print, and no reason says why",
    ),
    Story(
        "K14", "An order comes while one of its two profiles is stopped.",
        "When the profile goes on, it makes up for what came meanwhile.",
        [Act("halt", (1,)), place(), wave()],
        Setting({SALES: (Line("track"),), PRINT: (Line("track"),)}),
        expects=["A brake stops profile print"], ends=["record crm/1", "record crm/2"],
        without="shop/1 has no record under print, and no reason says why",
    ),
    Story(
        "K15", "A question is asked, and a manager settles it by hand in the deal.",
        "The list of open questions is worth reading only if what is settled leaves it.",
        [place(), wave(), shop_sets("track", "A"), manager_sets("track", "B"), wave(), manager_sets("track", "A")],
        scene(Line("track", Policy.ASK)),
        ends=["shop/1 shows track A; record crm/1 shows track A."],
        without="track of shop/1 under sales (A | A): both agree, and a stale reason is shown: conflict",
    ),
    Story(
        "K15", "The CRM cuts a long note short, and the order is looked at again.",
        "That the two differ, and why, must still be shown at the second look, though nobody has moved.",
        [place(), wave(), shop_sets("note", "abcdefgh"), wave(), look(), wave()],
        scene(Line("note")),
        ends=["shop/1 shows note abcdefgh", "crm/1 shows note abcdef", "kept differently there"],
        without="note of shop/1 under sales (abcdefgh | abcdef): they differ, and no reason is shown",
    ),
    Story(
        "K16", "A robot of the CRM moves the deal on as soon as the hub has set its stage.",
        "The stage that comes back is not the one sent. It is news for the shop, and not the CRM's way of writing it.",
        [place(), wave(), shop_sets("status", "P"), wave()],
        scene(Line("status"), robots=((Side.OFFICE, "stageId", "EXECUTING", "READY", 0),)),
        expects=["A robot of the back office moves stageId"],
        ends=["shop/1 shows status R", "crm/1 shows status READY"],
        without="status of shop/1 under sales (P | READY): the reason shown is not so: kept",
    ),
    Story(
        "K16", "The CRM keeps only the first letters of a note.",
        "Nobody has edited the deal. A hub that takes the short note for an edit cuts the shop's note short as well.",
        [place(), wave(), shop_sets("note", "abcdefgh"), wave()],
        scene(Line("note")),
        ends=["shop/1 shows note abcdefgh", "crm/1 shows note abcdef"],
        without="note of shop/1 under sales: abcdefgh → abcdef: nobody moved abcdef on the side it came from",
    ),
    Story(
        "K17", "A manager deletes a tag, and later the shop adds another.",
        "Only the new one is sent. Else what a manager deleted is back with every edit in the shop.",
        [place(), wave(), shop_sets("tags", ("t1",)), wave(), manager_sets("tags", ()), wave(),
         shop_sets("tags", ("t1", "t2")), wave()],
        scene(Line("tags")),
        ends=["crm/1 shows tags t2"],
        without="tags of shop/1 under sales: — → t1: a value was revived that a person had deleted",
    ),
    Story(
        "K17", "The shop adds a tag, and before the hub looks a manager adds another.",
        "Adding takes nothing away, so there is nothing to choose: each side gets what the other has added.",
        [place(), wave(), shop_sets("tags", ("t1",)), manager_sets("tags", ("t2",)), wave()],
        scene(Line("tags", Policy.ASK)),
        ends=["Order shop/1 shows tags t1; t2", "record crm/1 shows tags t2; t1"],
    ),
    Story(
        "K18", "The CRM refuses one of two values that travel in one command.",
        "A command is refused whole. The good value would wait with the bad one, shown as refused, which it never was.",
        [place(), wave(), shop_sets("hard", "bad"), shop_sets("track", "A"), wave()],
        scene(Line("hard"), Line("track")),
        ends=["shop/1 shows hard bad, track A", "crm/1 shows hard —, track A", "hard: refused, and not sent again"],
        without="track of shop/1 under sales (A | —): the reason shown is not so: refused",
    ),
    Story(
        "K18", "The CRM refuses a value, and the order is looked at again and again.",
        "A value refused once is refused each time: sent at every look it uses up what the portal allows.",
        [place(), wave(), shop_sets("hard", "bad"), wave(), look(), wave()],
        scene(Line("hard")),
        ends=["shop/1 shows hard bad", "hard: refused, and not sent again"],
        without="the hub does not come to rest",
    ),
)  # fmt: skip
