"""K1 to K8: records made once, and writes whose answer never came."""

from collections.abc import Sequence

from simulation.lives.setting import Line
from simulation.lives.story import (
    ABOUT_TO_REMEMBER,
    ABOUT_TO_STORE,
    ABOUT_TO_WRITE,
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
from sverka.domain.mapping.field_mapping import Policy

STORIES: Sequence[Story] = (
    Story(
        "K1", "The deal was made, and the answer was lost.",
        "A portal has no way to say the same thing twice safely. A hub that tries again without looking gives the "
        "order two deals, and two managers call one customer.",
        [place(), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE")],
        expects=["carried out, and the answer is lost"], ends=["record crm/1 shows"],
        without="a second record (2 beside 1) was made for shop/1 under sales",
    ),
    Story(
        "K2", "The request that makes the deal times out and lands a minute later, and meanwhile the order is edited.",
        "A look that finds no deal proves nothing while the first request may still land: the deal it makes would be "
        "the second.",
        [place(), wave_until(ABOUT_TO_WRITE), wave(meets="LATE"), shop_sets("track", "A"), wave(), wave()],
        expects=["carried out almost a minute later", "sets track of shop/1 to 'A'"], ends=["record crm/1 shows"],
        without="a second record (2 beside 1) was made for shop/1 under sales",
    ),
    Story(
        "K3", "A process stalls just before it makes a deal, and wakes after another has done its work.",
        "A lock that a process believes it holds may have been given to another. What it still sends is done twice.",
        [place(), wave_until(ABOUT_TO_WRITE), seconds_pass(), wave("B"), wave("A")],
        expects=["another process has taken over, so it sends and commits nothing more"], ends=["record crm/1 shows"],
        without="a second record (2 beside 1) was made for shop/1 under sales",
    ),
    Story(
        "K3", "A process stalls before it remembers what it wrote, and wakes when the order has moved on.",
        "Its memory is old by then. Taken for new, it makes the shop's next edit look like two edits, and the "
        "manager's side wins with a value nobody has touched.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_REMEMBER), seconds_pass(), wave("B"),
         shop_sets("track", "B"), wave("B"), wave("A"), shop_sets("track", "C")],
        expects=["another process has taken over, so it sends and commits nothing more"],
        ends=["Order shop/1 shows track C", "crm/1 shows track C"],
        without="track of shop/1 under sales: C → B: nobody moved B on the side it came from",
    ),
    Story(
        "K4", "The answer to a write is lost, and a manager changes the field before the hub looks again.",
        "The write was done and then undone by a person, which looks like a write that was never done. Whoever takes "
        "one for the other sends the old value over the manager's.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE"),
         manager_sets("track", "B"), seconds_pass()],
        scene(Line("track", Policy.STORE_WINS)),
        expects=["carried out, and the answer is lost"],
        ends=["shop/1 shows track A", "crm/1 shows track B", "a person is asked"],
        without="track of shop/1 under sales: B → A: nobody moved A on the side it came from",
    ),
    Story(
        "K4", "A write is lost before it arrives.",
        "The deal shows the same stamp as before the write: nobody touched it, so the write is simply made again, and "
        "nobody is asked about it.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_WRITE), wave(meets="LOST")],
        scene(Line("track", Policy.ASK)),
        expects=["lost before it arrives"], ends=["shop/1 shows track A", "crm/1 shows track A"],
    ),
    Story(
        "K4", "An order is refunded and set on in one moment, and the answer to the write of the stage is lost.",
        "The refund leads furthest and overtakes the status. Whoever finds the refund's stage in the deal and has "
        "forgotten that, moves the deal back to where the status would have it.",
        [place(), wave(), shop_sets("refunded", "full"), shop_sets("status", "P"), wave_until(ABOUT_TO_WRITE),
         wave(meets="MUTE"), seconds_pass()],
        scene(Line("status", Policy.STORE_WINS), Line("refunded")),
        expects=["carried out, and the answer is lost"],
        ends=["shop/1 shows status P, refunded full", "crm/1 shows status APOLOGY", "status: a person is asked"],
        without="status of shop/1 under sales: APOLOGY → EXECUTING: nobody moved P on the side it came from",
    ),
    Story(
        "K4", "A process is killed before it sends a file to a deal that a manager has put a file of his own into.",
        "Each side names files in its own way, so that the deal shows one file, as it would had the write been done. "
        "But it is the one that was there before.",
        [place(), wave(), manager_sets("docs", ("b",), bell="lost"), shop_sets("docs", ("a",)),
         wave_until(ABOUT_TO_WRITE), kill(), seconds_pass()],
        scene(Line("docs", Policy.STORE_WINS)),
        ends=["shop/1 shows docs a; record crm/1 shows docs a."],
    ),
    Story(
        "K4", "A process is killed before it sends a file to an order, and the shop puts a file of its own there.",
        "As many files are there as were sent, but of another name. So a person is asked whose is right.",
        [place(), wave(), manager_sets("docs", ("a",)), wave_until(ABOUT_TO_STORE), kill(), shop_sets("docs", ("b",)),
         seconds_pass()],
        scene(Line("docs", Policy.OFFICE_WINS)),
        ends=["shop/1 shows docs b; record crm/1 shows docs a; docs: a person is asked"],
    ),
    Story(
        "K5", "The answer to a write is lost, and a manager empties the field before the hub looks again.",
        "What was agreed on is no longer known. If that counted as never having met, the empty field would be filled "
        "at once, and what the manager deleted would be back.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE"),
         manager_sets("track", ""), seconds_pass()],
        scene(Line("track", Policy.OFFICE_WINS)),
        expects=["sets UF_TRACK of record crm/1 to ''"],
        ends=["shop/1 shows track A", "crm/1 shows track —", "a person is asked"],
        without="track of shop/1 under sales: — → A: nobody moved A on the side it came from",
    ),
    Story(
        "K5", "A manager hangs a deal on another person's contact.",
        "What was agreed on was the first buyer's. Were the new contact's phone an edit of it, the shop would send one "
        "client's parcel messages to another. So a person is asked.",
        test="tests/scenarios/test_customers_http.py::test_another_persons_contact_is_not_given_this_buyers_data",
    ),
    Story(
        "K6", "The deal was made, the answer was lost, and a manager moves the deal before the hub finds it.",
        "The deal is found by its origin, but what it shows is not what was sent. Taken as agreed, the manager's move "
        "would never reach the shop, and the customer would go on waiting.",
        [place(), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE"), manager_sets("status", "EXECUTING"), seconds_pass()],
        scene(Line("status")),
        expects=["carried out, and the answer is lost"],
        ends=["shop/1 shows status N", "crm/1 shows status EXECUTING", "a person is asked"],
        without="status of shop/1 under sales (N | EXECUTING): the reason shown is not so: kept",
    ),
    Story(
        "K7", "A wave finds out what became of a write, begins another, and is killed.",
        "The open write is all that is left of what the first process knew. Closed before its result is kept, the "
        "track number the deal has already counts as the manager's own, and beats the shop's next one.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE"), seconds_pass(),
         shop_sets("status", "P"), wave_until(ABOUT_TO_WRITE, "B"), kill("B"), shop_sets("track", "B")],
        scene(Line("track"), Line("status")),
        expects=["Process B is killed"],
        ends=["shop/1 shows track B, status P", "crm/1 shows track B, status EXECUTING"],
        without="track of shop/1 under sales: B → A: nobody moved A on the side it came from",
    ),
    Story(
        "K8", "The buyer's contact may or may not have been made.",
        "A deal that rides in the same request as its contact is made without one where the contact fails, and nobody "
        "knows whom to call.",
        [place(buyer=ANNA_BY_PHONE), wave_until("is about to make contacts"), wave(meets="LOST")],
        expects=["lost before it arrives"], ends=["record crm/2 shows", "contacts: 1"],
        without="a record of shop/1 was made without its buyer's contact",
    ),
    Story(
        "K8", "The deal is made, and the rows that ride behind it are cut off.",
        "Rows may ride behind their deal, for what is missing can be seen and filled in. The deal is found by its "
        "origin, its empty rows are filled, and the manager sees what was bought.",
        [place(), wave_until(ABOUT_TO_WRITE), wave(meets="CUT")],
        scene(Line("lines")),
        expects=["carried out by half"], ends=["record crm/1 shows lines Mug"],
    ),
)  # fmt: skip
