"""The screens, in the order of their keys."""

from viewers.tui.costs import CostsFace
from viewers.tui.face import Face
from viewers.tui.fleet import FleetFace
from viewers.tui.health import HealthFace
from viewers.tui.processes import ProcessesFace
from viewers.tui.search import SearchFace
from viewers.tui.session import SessionFace
from viewers.tui.timeline import TimelineFace
from viewers.tui.tools import ToolsFace

FACES: tuple[type[Face], ...] = (
    FleetFace,
    SessionFace,
    CostsFace,
    ToolsFace,
    ProcessesFace,
    SearchFace,
    HealthFace,
    TimelineFace,
)
