"""Complete a draft after the last line: nested parts, parallel tasks, and a group for what concerns the whole plan."""

from collections.abc import Collection, Iterator, Mapping

from orchestrator.importers.criteria import home_of_criteria, name_summary_criteria
from orchestrator.importers.draft import Concern, Draft, DraftGroup, DraftTask, identifier, place_name


def finish(draft: Draft) -> None:
    """Make the draft whole: no group without tasks that only holds others, every criterion in a group."""
    leave_given_up(draft)
    _deliverables_as_tasks(draft)
    _split_outline_numbers(draft)
    _dissolve_parents(draft)
    for group in draft.groups.values():
        _side_by_side(group)
    _place_what_is_of_the_whole(draft)
    name_summary_criteria(draft)


def leave_given_up(draft: Draft) -> None:
    """Tasks that nobody will do are told, and are none."""
    for group in list(draft.groups.values()):
        for task in [one for one in group.tasks if one.given_up]:
            draft.taken.discard(task.line)
            draft.note(task.line, Concern.LEFT_OUT, f"{task.title[:80]}: given up", "given up")
            group.tasks.remove(task)
            if not group.tasks and not group.criteria and not group.deliverables:
                del draft.groups[group.id]


def _deliverables_as_tasks(draft: Draft) -> None:
    """A group that lists what it leaves behind and no tasks: to make each of them is one."""
    if not draft.groups and draft.deliverables:
        return
    inner = {group.within for group in draft.groups.values()}
    for group in draft.groups.values():
        if group.tasks or group.id in inner or not group.deliverables:
            continue
        for one in group.deliverables:
            one.task = DraftTask(one.title, one.line, done=one.done or group.done)
            group.tasks.append(one.task)
        first = group.deliverables[0].line
        said = f"{group.title}: no tasks; each of its {len(group.deliverables)} deliverables stands for one"
        draft.note(first, Concern.READ_AS, said, "deliverables read as tasks")


def _split_outline_numbers(draft: Draft) -> None:
    """Rows, or check boxes, numbered 1, 1.1, 1.2, 2: what has others below it is a group of those. Those of a list
    follow each other.
    """
    for group in list(draft.groups.values()):
        counted = [task for task in group.tasks if task.row or task.numbered]
        rows = {task.key: task for task in counted if task.key.replace(".", "").isdigit()}
        parents = {key.rpartition(".")[0] for key in rows} & rows.keys()
        if parents:
            _split(draft, group, rows, parents)


def _split(draft: Draft, group: DraftGroup, rows: Mapping[str, DraftTask], parents: Collection[str]) -> None:
    by_key: dict[str, DraftGroup] = {}
    tops = [key for key in rows if "." not in key]
    for key in sorted(parents, key=lambda one: (one.count("."), rows[one].line)):
        above = by_key.get(key.rpartition(".")[0])
        made = by_key[key] = _group_of(draft, rows[key], above.id if above else group.id)
        if rows[key].numbered and key in tops[1:]:
            made.needs.append(tops[tops.index(key) - 1])
    for key, task in rows.items():
        if key not in parents and (home := by_key.get(key.rpartition(".")[0])):
            home.tasks.append(task)
    moved = {id(task) for key, task in rows.items() if key in parents or key.rpartition(".")[0] in by_key}
    group.tasks = [task for task in group.tasks if id(task) not in moved]
    said = f"{len(parents)} rows have others below them: each is a group of those"
    draft.note(min(rows[key].line for key in parents), Concern.READ_AS, said, "outline numbers")


def _group_of(draft: Draft, task: DraftTask, within: str) -> DraftGroup:
    """The group that a row is which has others below it."""
    made = draft.new_group(identifier(task.title), task.title, task.line)
    made.needs, made.lead, made.estimate, made.done = list(task.needs or []), task.agent, task.estimate, task.done
    made.key, made.within = task.key, within
    return made


def _dissolve_parents(draft: Draft) -> None:
    """A group that only holds other groups is none: whoever waits for it waits for those, and they for what it
    waits for.
    """
    inside: dict[str, list[DraftGroup]] = {}
    for group in draft.groups.values():
        if group.within:
            inside.setdefault(group.within, []).append(group)
    stands_for: dict[str, list[str]] = {}
    for group in list(draft.groups.values()):
        inner = inside.get(group.id, [])
        if not inner:
            continue
        own = {one.id for one in inner}
        for one in inner:
            one.needs = one.needs if own & set(one.needs) else list(dict.fromkeys([*group.needs, *one.needs]))
        stands_for[group.id] = [one.id for one in inner] if not group.tasks else [group.id, *(one.id for one in inner)]
        if not group.tasks:
            _hand_down(group, inner)
            del draft.groups[group.id]
    if stands_for:
        for group in draft.groups.values():
            group.needs = _spread(group, stands_for)


def _hand_down(group: DraftGroup, inner: list[DraftGroup]) -> None:
    """What is said of a group that is none, to those in it."""
    for one in inner:
        one.lead, one.done, one.goal = one.lead or group.lead, one.done or group.done, one.goal or group.goal
    inner[-1].criteria += group.criteria
    inner[-1].deliverables += group.deliverables
    inner[0].key = inner[0].key or group.key


def _spread(group: DraftGroup, stands_for: dict[str, list[str]]) -> list[str]:
    """A group's needs, each that holds others with those in its place; not for what is within it."""
    found: dict[str, None] = {}
    left = list(reversed(group.needs))
    while left:
        name = left.pop()
        parts = [] if name == group.within else [one for one in stands_for.get(name, []) if one != name]
        kept = name not in stands_for or name in stands_for[name]
        if kept:
            found[name] = None
        left += [one for one in reversed(parts) if one not in found and one != group.id]
    return list(found)


def _side_by_side(group: DraftGroup) -> None:
    """Neighbours marked [P] wait for the same; what comes behind them waits for all of them. Each user story by
    itself.
    """
    if not any(task.beside for task in group.tasks):
        return
    lanes: dict[str, _Lane] = {}
    for place, task in enumerate(group.tasks):
        lanes.setdefault(task.story, _Lane()).place(task, place_name(group.id, place))


class _Lane:
    """The last task that all wait for, and those beside each other since."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.beside: list[str] = []

    def place(self, task: DraftTask, name: str) -> None:
        if task.beside:
            task.needs = list(self.before) if task.needs is None else task.needs
            self.beside.append(name)
            return
        task.needs = list(self.beside or self.before) if task.needs is None else task.needs
        self.before, self.beside = [name], []


def _place_what_is_of_the_whole(draft: Draft) -> None:
    home = home_of_criteria(draft)
    if home is None:
        return
    if draft.criteria:
        home.criteria += draft.criteria
        said = f"asked of the whole: {home.title} takes {len(draft.criteria)} criteria"
        if len(draft.groups) > 1:
            draft.note(draft.criteria[0].line, Concern.READ_AS, said, "criteria of the whole")
    if draft.deliverables and len(draft.groups) == 1:
        home.deliverables += draft.deliverables
    elif draft.deliverables:
        for one in draft.deliverables:
            draft.taken.discard(one.line)
            draft.note(
                one.line, Concern.LEFT_OUT, f"{one.title}: a deliverable of no group", "deliverables of the whole"
            )


def done_tasks(draft: Draft) -> Iterator[DraftTask]:
    """The tasks that the source says are done."""
    return (task for group in draft.groups.values() for task in group.tasks if task.done)
