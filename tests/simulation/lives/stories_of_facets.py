"""What stands beside an order's deal: the lead it may be first, and its invoice."""

from collections.abc import Sequence

from simulation.lives.acts import Act
from simulation.lives.setting import Line
from simulation.lives.story import Story, manager_sets, place, scene, shop_sets, trash, wave

STORIES: Sequence[Story] = (
    Story(
        "facets", "A manager makes a deal of an order's lead, and the customer edits the order.",
        "The manager works in the deal from now on. A hub that stays with the lead writes where nobody looks, or makes "
        "a second deal beside his.",
        [place(), wave(), Act("convert", (0, "now")), wave(), shop_sets("track", "A"), wave()],
        scene(Line("track"), lead=True),
        expects=["makes deal crm/2 of lead L_1"], ends=["record crm/2 shows track A", "record crm/L_1 shows track —"],
        without="deal 2 was made of lead L_1 of shop/1, and the hub has not followed",
    ),
    Story(
        "facets", "A manager makes a deal of an order's lead and puts a file into it, while the shop puts in another.",
        "The deal becomes the order's with a file that the order has not. Neither is taken for the other: a person is "
        "asked.",
        [place(), wave(), Act("convert", (0, "now")), manager_sets("docs", ("a",)), shop_sets("docs", ("b",)), wave()],
        scene(Line("docs"), lead=True),
        expects=["makes deal crm/2 of lead L_1"],
        ends=["shop/1 shows docs b; record crm/2 shows docs a", "docs: a person is asked"],
    ),
    Story(
        "facets", "An order of a buyer nobody knows comes in.",
        "It is a lead until a person makes a deal of it. Were it both, two managers would call one customer.",
        [place(), wave()],
        scene(Line("track"), lead=True),
        ends=["record crm/L_1 shows track —."],
        without="a lead of shop/1 was made though it has had its deal 1",
    ),
    Story(
        "facets", "A deal and its invoice are wanted in one moment.",
        "An invoice hangs on its deal, and is made once that is there. Made in the same request it would hang on "
        "nothing where the deal fails.",
        [place(), wave(), wave()],
        scene(Line("track"), invoice=True),
        ends=["record crm/1 shows track —; record crm/SI_2 shows track —."],
        without="an invoice of shop/1 was hung on None, which is not its deal",
    ),
    Story(
        "facets", "A manager throws an order's invoice away, and the order is edited.",
        "He had his reasons. An invoice that comes back with each edit would be sent to the customer again.",
        [place(), wave(), wave(), trash(2), wave(), shop_sets("track", "A"), wave()],
        scene(Line("track"), invoice=True),
        expects=["throws record crm/SI_2 into the bin"], ends=["record crm/1 shows track A."],
        without="the record of shop/1 was deleted by a person and made again",
    ),
)  # fmt: skip
