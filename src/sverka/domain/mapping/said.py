"""Comments both ways: each is the same one on both sides, so what has to be decided is only which of them travel."""

from dataclasses import dataclass, replace

from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.value import Value, many


@dataclass(frozen=True)
class Said:
    """The converter of comments.

    `public` and `private` say which of the store's travel: those the buyer sees, those only managers do. One that
    a manager begins with `for_buyer` is shown to the buyer, without that word; where it is empty, none ever is.
    """

    public: bool = True
    private: bool = True
    for_buyer: str = ""

    def to_office(self, value: Value) -> Value:
        """Return the store's comments that travel."""
        chosen = (one for one in _comments(value) if one.is_copy or (self.public if one.public else self.private))
        return tuple(one.copied() for one in chosen)

    def to_store(self, value: Value) -> Value:
        """Return the back office's comments as the store is to show them."""
        return tuple(self._addressed(one) for one in _comments(value))

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether both sides have the same comments, whatever their order."""
        return set(_comments(self.to_office(store))) == set(_comments(office))

    def fingerprint(self) -> str:
        """Name what decides which comments travel."""
        return f"said:{self.public}:{self.private}:{self.for_buyer}"

    def _addressed(self, one: Comment) -> Comment:
        is_public = bool(self.for_buyer) and one.text.lstrip().casefold().startswith(self.for_buyer.casefold())
        text = one.text.lstrip()[len(self.for_buyer) :].lstrip() if is_public else one.text
        return replace(one.copied(), text=text, public=is_public)


def _comments(value: Value) -> list[Comment]:
    return [one for one in many(value) if isinstance(one, Comment)]
