"""K19 to K24: what is deleted, restored, fought over and decided, and acts that are not states."""

from collections.abc import Sequence

from simulation.lives.acts import Act
from simulation.lives.setting import Line
from simulation.lives.story import Story, manager_sets, place, scene, shop_sets, wave
from sverka.domain.mapping.field_mapping import Policy, Side

STORIES: Sequence[Story] = (
    Story(
        "K19", "A manager throws a deal into the bin, and the customer edits the order.",
        "He had a reason. A hub that makes the deal anew does so after every edit, however often he deletes it.",
        [place(), wave(), Act("trash", (0, "now")), wave(), shop_sets("track", "A"), wave()],
        expects=["into the bin"], ends=["shop/1 shows track A; there is no record"],
        without="was deleted by a person and made again",
    ),
    Story(
        "K20", "The hub's database is put back from a backup, and what differs is asked about.",
        "The hub's memory is older than both sides. Trusting it, the hub would undo the work done since the backup.",
        test="tests/scenarios/test_restored.py::test_what_differs_is_asked_about_and_nothing_is_overwritten",
    ),
    Story(
        "K20", "The hub's database is put back from a backup taken before a deal was made.",
        "The hub no longer knows the deal. It is found by its origin, and not made twice.",
        test="tests/scenarios/test_restored.py::test_a_record_made_after_the_backup_is_found_and_not_doubled",
    ),
    Story(
        "K21", "A robot of the shop and a robot of the CRM disagree about a field.",
        "Each undoes what the other does, and the hub carries it to and fro for ever, a mail to the customer each time.",
        [place(), wave(), shop_sets("track", "A"), wave()],
        scene(Line("track"), robots=((Side.OFFICE, "UF_TRACK", "A", "B", 0), (Side.STORE, "delivery.track", "B", "A", 0))),
        expects=["A robot of the back office moves UF_TRACK", "A robot of the store moves delivery.track"],
        ends=["stopped, for it is moved back each time"],
        without="written 5 times within ten minutes and moved back each time",
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
        without="an edit was overwritten against the policy ask",
    ),
    Story(
        "K23", "A manager opens a deal by hand, and the answer of the store that makes its order is lost.",
        "The order carries the deal's mark and is found by it. Else the shop would have two orders, and ship twice.",
        test="tests/scenarios/test_orders_from_deals_in_doubt.py::"
        "test_an_answer_that_never_came_makes_one_order_all_the_same",
    ),
    Story(
        "K24", "A note for the order is sent twice, for its first answer was lost.",
        "A note is not a state that can be set again: each sending adds one, and with it perhaps a mail to the "
        "customer. So it is looked for first.",
        test="tests/scenarios/test_bad_stores_http.py::test_a_note_is_added_once_whatever_the_write_meets",
    ),
)  # fmt: skip
