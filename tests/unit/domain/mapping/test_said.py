from sverka.domain.commerce.comment import Comment
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Way, WriteMode
from sverka.domain.mapping.said import Said
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change
from sverka.domain.merge.reconcile import Sight, merge_field

PUBLIC = Comment("shop/1", "Спасибо за заказ", public=True, own="1")
PRIVATE = Comment("shop/2", "Проверить макет", own="2")
MANAGERS = Comment("b24/9", "Покупателю: готово", own="9")


def mapping(way=Way.BOTH, said=None):
    kind = FieldType.COMMENTS
    return FieldMapping("comments", "comments", "timeline", way, write=WriteMode.APPEND, converter=said or Said(),
                        office_type=kind, store_type=kind, heavy=True)  # fmt: skip


def merged(store, office, base=None, **more):
    one = mapping(**more)
    entry = base and Entry(base if isinstance(base, Pair) else None, one.fingerprint())
    return merge_field(Sight(one, entry, tuple(store), tuple(office)))


def test_only_the_kinds_asked_for_travel():
    said = Said(public=False, for_buyer="покупателю:")
    assert said.to_office((PUBLIC, PRIVATE)) == (PRIVATE,)
    (sent,) = said.to_store((MANAGERS,))
    assert (sent.text, sent.public, sent.own) == ("готово", True, "")


def test_nothing_reaches_the_buyer_unless_the_profile_names_the_word():
    assert not Said().to_store((MANAGERS,))[0].public


def test_what_one_side_gained_goes_to_the_other():
    outcome = merged([PUBLIC, PRIVATE], [PUBLIC, MANAGERS], Pair((PUBLIC,), (PUBLIC,)))
    assert [change.value for change in outcome] == [(PUBLIC, MANAGERS, PRIVATE), (PUBLIC, PRIVATE, MANAGERS)]


def test_what_a_person_deleted_is_not_revived():
    outcome = merged([PUBLIC, PRIVATE], [], Pair((PUBLIC,), (PUBLIC,)))
    assert isinstance(outcome, Change)
    assert outcome.value == (PRIVATE,)


def test_what_stood_apart_before_is_seen_and_not_repeated():
    assert merged([PRIVATE], [MANAGERS]) == Pair((PRIVATE,), (MANAGERS,))
    assert merged([PRIVATE], [MANAGERS], "forgotten") == Pair((PRIVATE,), (MANAGERS,))
    assert merged([PRIVATE], [], "forgotten") == Pair((PRIVATE,), ())


def test_an_empty_side_is_filled_at_first_sight():
    assert merged([PRIVATE], []).value == (PRIVATE,)
    assert merged([PRIVATE], [], way=Way.TO_STORE) is None
