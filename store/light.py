"""NamedTuple and Any without `typing`, whose import takes as long as the work of a report. Checkers see typing's."""

TYPE_CHECKING = False  # a checker takes this name for true
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    Any = object

    class _Named(type):
        """Makes a tuple of the fields that a class annotates; what else the class has, it keeps."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = members.pop("__annotations__", None)
            annotate = members.pop("__annotate_func__", None) or members.pop("__annotate__", None)
            if fields is None:
                fields = annotate(1)  # Python 3.14 evaluates annotations when it is asked to
            defaults = [members.pop(field) for field in fields if field in members]
            made = namedtuple(name, fields, defaults=defaults, module=members["__module__"])
            return type(name, (made,), {**members, "__slots__": ()})

    class NamedTuple(metaclass=_Named):
        """What typing.NamedTuple is, as far as it is needed here."""
