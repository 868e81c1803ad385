import pytest

from sverka.domain.commerce.comment import Comment, read_comment
from sverka.domain.commerce.value import decode, encode, show


def test_a_copy_is_read_back_as_the_comment_it_was_made_of():
    said = read_comment("shop", "12", "Позвонить\nдо обеда", "Олег")
    copy = read_comment("b24", "999", said.signed())
    assert copy == said
    assert (copy.text, copy.author, copy.is_copy, copy.own) == ("Позвонить\nдо обеда", "Олег", True, "999")


def test_the_signature_survives_a_copy_of_a_copy_and_a_nameless_author():
    said = Comment("b24/7", "Готово")
    first = read_comment("shop", "1", said.signed())
    assert read_comment("b24", "8", first.signed()) == said


@pytest.mark.parametrize("text", ["", "— shop", "a/1", "цена — 5/6 руб", "— shop/12 и ещё", "x\n— shop/12\ny"])
def test_words_that_only_look_like_a_signature_are_words(text):
    assert read_comment("b24", "5", text).mark == "b24/5"


def test_the_memory_keeps_the_mark_and_little_of_the_words():
    said = Comment("shop/12", "я" * 500, public=True)
    kept = decode(encode((said,)))
    assert kept == (said,)
    assert kept[0].public
    assert len(kept[0].text) == 80
    assert show(Comment("shop/1", "да")) == "да (shop/1)"
