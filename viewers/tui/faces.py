"""The screens, in the order of their keys."""

from viewers.tui.costs import CostsFace
from viewers.tui.face import Face
from viewers.tui.fleet import FleetFace
from viewers.tui.search import SearchFace
from viewers.tui.session import SessionFace

FACES: tuple[type[Face], ...] = (FleetFace, SessionFace, CostsFace, SearchFace)
