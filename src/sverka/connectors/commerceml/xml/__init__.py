"""CommerceML as XML: read as a stream in whatever charset it really is, kept whole, written again."""

from sverka.connectors.commerceml.xml.node import Frame, Node, Piece
from sverka.connectors.commerceml.xml.reader import Damaged, Reader, pieces_of
from sverka.connectors.commerceml.xml.writer import written

__all__ = ["Damaged", "Frame", "Node", "Piece", "Reader", "pieces_of", "written"]
