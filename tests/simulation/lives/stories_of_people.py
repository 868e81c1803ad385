"""K19 to K24: what is deleted, restored, fought over and decided, and acts that are not states."""

from collections.abc import Sequence

from simulation.lives.acts import Act
from simulation.lives.setting import Line
from simulation.lives.story import (
    ABOUT_TO_STORE,
    ABOUT_TO_WRITE,
    Story,
    kill,
    manager_sets,
    place,
    scene,
    seconds_pass,
    shop_sets,
    trash,
    wave,
    wave_until,
)
from sverka.domain.mapping.field_mapping import Policy, Side

STORIES: Sequence[Story] = (
    Story(
        "K19", "A manager throws a deal into the bin, and the customer edits the order.",
        "He had a reason. A hub that makes the deal anew does so after every edit, however often he deletes it.",
        [place(), wave(), trash(), wave(), shop_sets("track", "A"), wave()],
        expects=["into the bin"], ends=["shop/1 shows track A; there is no record"],
        without="the record of shop/1 was deleted by a person and made again",
    ),
    Story(
        "K19", "A manager throws a deal into the bin, and the profile says that its order is cancelled then.",
        "The order is cancelled first, and the deal is let go with the store's answer. The other way round, a lost "
        "answer would leave the order as it was, with nobody to come back to it.",
        [place(), wave(), trash(), wave_until(ABOUT_TO_STORE), wave(meets="LOST")],
        scene(Line("status"), on_deleted="cancel_order"),
        expects=["into the bin", "lost before it arrives"], ends=["shop/1 shows status cancelled; there is no record"],
    ),
    Story(
        "K19", "A profile makes deleted deals anew, and a manager takes one out of the bin before that is done.",
        "The portal's search does not find it yet. A hub that relied on the search would give the order a second deal.",
        [place(), wave(), trash(), wave(), Act("restore_record", ("now",))],
        scene(Line("track"), on_deleted="recreate", lag=55),
        expects=["into the bin", "out of the bin"], ends=["record crm/1 shows"],
    ),
    Story(
        "K20", "The hub's database is put back from a backup that is older than the last edits.",
        "The hub remembers less than both sides show. Trusting that, it would take what the shop said yesterday for an "
        "edit of today, and undo the manager's work.",
        [place(), wave(), Act("backup"), shop_sets("track", "A"), wave(), manager_sets("track", "B", bell="lost"),
         Act("restore_backup")],
        scene(Line("track", Policy.STORE_WINS)),
        expects=["`sverka restored`"], ends=["shop/1 shows track A", "crm/1 shows track B", "a person is asked"],
        without="track of shop/1 under sales: B → A: nobody moved A on the side it came from",
    ),
    Story(
        "K20", "The hub's database is put back from a backup taken in the middle of a write.",
        "In the backup that write waits for its answer still. Whatever the deal shows today, it says nothing about a "
        "write of yesterday.",
        [place(), wave(), shop_sets("track", "A"), wave_until(ABOUT_TO_WRITE), Act("backup"),
         wave(), shop_sets("track", "B"), wave(), manager_sets("track", "A", bell="lost"), Act("restore_backup")],
        expects=["`sverka restored`"], ends=["shop/1 shows track B", "crm/1 shows track A", "a person is asked"],
        without="track of shop/1 under sales: A → B: nobody moved B on the side it came from",
    ),
    Story(
        "K20", "The hub's database is put back from a backup that is older than a deal.",
        "The hub no longer knows the deal. It is found by its origin, and not made twice.",
        [Act("backup"), place(), wave(), Act("restore_backup")],
        expects=["`sverka restored`"], ends=["record crm/1 shows"],
    ),
    Story(
        "K20", "The hub's database is put back from a backup, and a deal made since was thrown away.",
        "An old order without a deal may be without it on purpose. It is listed, and the operator decides.",
        [Act("backup"), place(), wave(), trash(), wave(), Act("restore_backup")],
        expects=["`sverka restored`"], ends=["there is no record", "listed, and made when the operator says so"],
        without="the record of shop/1 was deleted by a person and made again",
    ),
    Story(
        "K21", "A robot of the shop and a robot of the CRM disagree about a field.",
        "Each undoes what the other does, and the hub carries it to and fro for ever, with a mail to the customer each "
        "time.",
        [place(), wave(), shop_sets("track", "A"), wave()],
        scene(Line("track"),
              robots=((Side.OFFICE, "UF_TRACK", "A", "B", 5), (Side.STORE, "delivery.track", "B", "A", 5))),
        expects=["A robot of the back office moves UF_TRACK", "A robot of the store moves delivery.track"],
        ends=["stopped, for it is moved back each time"],
        without="track of shop/1 under sales: B → A: written 5 times within ten minutes and moved back each time",
    ),
    Story(
        "K22", "The operator decides for the shop's value while a manager is typing a newer one.",
        "She decided between two values, and one of them is no longer there. Carried out, her answer would overwrite a "
        "value she has never seen.",
        [place(), wave(), shop_sets("track", "A"), manager_sets("track", "B"), wave(), Act("decide", (0, "store")),
         manager_sets("track", "C"), wave()],
        scene(Line("track", Policy.ASK)),
        expects=["the store is right"],
        ends=["shop/1 shows track A", "crm/1 shows track C", "a person is asked"],
        without="track of shop/1 under sales: C → A: an edit was overwritten against the policy ask",
    ),
    Story(
        "K23", "A manager opens a deal by hand, and the answer of the store that makes its order is lost.",
        "The order carries the deal's mark and is found by it. Else the shop would have two orders, and ship twice.",
        [Act("open_deal", (1, "now")), wave_until("is about to make orders"), wave(meets="MUTE"),
         seconds_pass(), wave()],
        scene(Line("status"), Line("track"), new_order=True),
        expects=["opens deal crm/1 by hand", "carried out, and the answer is lost"],
        ends=["Order shop/m1001 shows status N, track —; record crm/1 shows status NEW, track —."],
        without="a second order (m1002 beside shop/m1001) was made of record @crm/1",
    ),
    Story(
        "K23", "An order made of a deal rings before the store has put the deal's mark on it.",
        "An order without a mark is a customer's, and would get a second deal. While one is being made in doubt, new "
        "orders without a mark wait.",
        [Act("open_deal", (1, "now")), wave_until("is about to make orders"), wave(meets="MUTE"), Act("deliver", (9,)),
         wave("B")],
        scene(Line("status"), Line("track"), new_order=True, marks_late=True),
        expects=["carried out, and the answer is lost", "Late bells arrive"],
        ends=["Order shop/m1001 shows status N, track —; record crm/1 shows status NEW, track —."],
        without="a second record (2 beside 1) was made for shop/m1001 under sales",
    ),
    Story(
        "K23", "The hub has just made a deal, dies, and a manager edits the deal before it is bound.",
        "It looks like a deal opened by hand, but for the origin it carries. Made an order of, it would stand in the "
        "shop twice.",
        [place(), wave_until("has written to the back office"), kill(), manager_sets("track", "A"), wave("B")],
        scene(Line("status"), Line("track"), new_order=True),
        expects=["Process A is killed", "sets UF_TRACK of record crm/1"],
        ends=["Order shop/1 shows status N", "record crm/1 shows status NEW, track A;"],
        without="a second order (m1001 beside shop/1) was made of record @crm/1",
    ),
    Story(
        "K24", "A note for the order is sent twice, for its first answer was lost.",
        "A note is not a state that can be set again: each sending adds one, and with it perhaps a mail to the "
        "customer. So it is looked for first.",
        test="tests/scenarios/test_notes_http.py::test_a_note_without_an_answer_is_looked_for_and_not_added_again",
    ),
    Story(
        "K24", "A request that carries three comments to a deal is cut off after some of them.",
        "The deal has moved, so its stamp tells nothing. Each comment carries a mark and shows by itself whether it "
        "arrived: the others follow, and none is said twice.",
        test="tests/scenarios/test_comments_http.py::test_comments_cut_off_in_the_middle_are_gone_on_with",
    ),
    Story(
        "K24", "A deal is won, goes back, and is won again, and the shop mails the customer of that status.",
        "To set a status that notifies is an act. It is done once; whether the customer is told again, a person says.",
        test="tests/scenarios/test_course.py::test_a_status_that_notifies_is_written_once_and_never_by_itself_again",
    ),
)  # fmt: skip
