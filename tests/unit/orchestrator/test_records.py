"""A dataclass that is quicker to make is a dataclass like any other."""

import dataclasses
import inspect
import pickle
from dataclasses import KW_ONLY, FrozenInstanceError, InitVar, field

import pytest

from orchestrator.records import dataclass

NAN = float("nan")


def both(**how):
    """The same class, made by the standard library and here."""

    def made(kind):
        copies = [type(kind.__name__, (), dict(vars(kind))) for _ in range(2)]
        return [
            decorate(**how)(copy) for decorate, copy in zip((dataclasses.dataclass, dataclass), copies, strict=True)
        ]

    return made


def of_one_field():
    @both(frozen=True)
    class One:
        value: object

    return One


def of_none():
    @both(frozen=True)
    class Nothing:
        pass

    return Nothing


def of_several():
    @both(frozen=True)
    class Several:
        value: object
        shown: str = "a"
        hidden: str = field(default="b", repr=False)
        beside: str = field(default="c", compare=False)

    return Several


def test_it_compares_hashes_and_prints_as_the_standard_librarys_does():
    for theirs, ours in (of_one_field(), of_several()):
        for value in (1, "x", NAN, (1, 2), None):
            assert repr(ours(value)).partition(".<locals>.")[2] == repr(theirs(value)).partition(".<locals>.")[2]
            assert hash(ours(value)) == hash(ours(value))
            assert (ours(value) == ours(value)) is (theirs(value) == theirs(value))
            assert (ours(value) == ours(2)) is (theirs(value) == theirs(2))
            assert ours(value) != value
            assert ours(value) != theirs(value)


def test_one_without_fields_equals_another():
    _, ours = of_none()
    assert ours() == ours()
    assert hash(ours()) == hash(ours())


def test_a_field_that_is_not_compared_makes_no_difference():
    _, ours = of_several()
    assert ours(1, beside="x") == ours(1)
    assert ours(1, hidden="x") != ours(1)
    assert hash(ours(1, beside="x")) == hash(ours(1))


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Place(Point):
    name: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    next: "Linked | None" = None


@dataclass(slots=True)
class Changing:
    x: int


@dataclass(frozen=True, slots=True)
class Folded:
    name: str

    def __eq__(self, other):
        return isinstance(other, Folded) and self.name.lower() == other.name.lower()

    def __hash__(self):
        return hash(self.name.lower())


def test_the_library_knows_it():
    assert dataclasses.replace(Point(1), y=2) == Point(1, 2)
    assert dataclasses.asdict(Place(1, 2, "home")) == {"x": 1, "y": 2, "name": "home"}
    assert pickle.loads(pickle.dumps(Place(1, 2, "home"))) == Place(1, 2, "home")
    assert not hasattr(Point(1), "__dict__")
    with pytest.raises(FrozenInstanceError):
        Point(1).x = 2


def test_its_signature_has_names_types_and_defaults():
    @both(frozen=True, slots=True)
    class Seen:
        x: int
        y: "str | None" = None

    theirs, ours = map(inspect.signature, Seen)
    assert str(ours) == str(theirs)
    assert Seen[1].__match_args__ == Seen[0].__match_args__
    with pytest.raises(TypeError, match=r"Seen\.__init__\(\) missing 1 required positional argument: 'x'"):
        Seen[1]()


def test_its_signature_tells_a_factory_as_the_standard_librarys_does():
    @both(frozen=True, slots=True)
    class Seen:
        held: list = field(default_factory=list)

    theirs, ours = map(inspect.signature, Seen)
    assert str(ours) == str(theirs)


def test_the_types_in_its_signature_are_looked_for_in_its_own_module():
    signature = inspect.signature(Linked, eval_str=True)
    assert signature.parameters["next"].annotation == Linked | None


def test_its_parameters_are_told_as_they_were_asked_for():
    for how in ({"frozen": True, "slots": True}, {"slots": True}):

        @both(**how)
        class Told:
            x: int

        theirs, ours = Told
        assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)


class Checked:
    __slots__ = ()

    def __post_init__(self, *_):
        raise ValueError("checked")


def test_a_check_in_a_class_above_is_made():
    @dataclass(frozen=True, slots=True)
    class Made(Checked):
        x: int

    with pytest.raises(ValueError, match="checked"):
        Made(1)


@pytest.mark.parametrize("how", [{"frozen": True, "slots": True}, {"slots": True}])
def test_a_field_that_is_made_otherwise_is_made_as_the_standard_library_does(how):
    @both(**how)
    class Later:
        x: int
        y: int = field(default=2, init=False)

    @both(**how)
    class Named:
        x: int
        _: KW_ONLY
        y: int = 3

    @both(**how)
    class OneNamed:
        x: int
        y: int = field(default=3, kw_only=True)

    @both(**how)
    class Given:
        x: int
        y: InitVar[int] = 4

    for theirs, ours in (Later, Named, OneNamed, Given):
        assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
        assert repr(ours(1)).partition(".<locals>.")[2] == repr(theirs(1)).partition(".<locals>.")[2]


def test_a_field_that_is_not_hashed_makes_no_difference_to_the_hash():
    @dataclass(frozen=True, slots=True)
    class Noted:
        x: int
        notes: list = field(default_factory=list, hash=False)

    assert hash(Noted(1, [2])) == hash(Noted(1, [3]))
    assert Noted(1, [2]) != Noted(1, [3])


def test_what_a_factory_makes_is_each_ones_own():
    @dataclass(frozen=True, slots=True)
    class Holding:
        held: list = field(default_factory=list)

    one, other = Holding(), Holding()
    assert one == other
    assert one.held is not other.held
    assert Holding([1]).held == [1]


def test_a_subclass_is_another_class_with_fields_of_its_own():
    assert Place(1, 2) != Point(1, 2)
    assert Place(1, 2, "a") != Place(1, 2, "b")
    assert len({Place(1, 2, "a"), Place(1, 2, "a"), Point(1, 2)}) == 2


def test_one_that_changes_has_no_hash():
    assert Changing(1) == Changing(1)
    with pytest.raises(TypeError):
        hash(Changing(1))


def test_what_a_class_says_of_itself_stays():
    assert Folded("A") == Folded("a")
    assert len({Folded("A"), Folded("a")}) == 1
