"""The queue in front of a lead resource: a set of heaps, one per kind of visit, whose heads alone are tried.

Whether somebody can start depends only on the kind (step, group, class where it matters, resumed or not), so the
head of a kind speaks for all behind it. Entries are integers fixed on joining; the visit comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from flowsim.engines.simpy_engine.staff import Counter
from flowsim.engines.simpy_engine.visit import Visit

Entry = tuple[int, int, int, int, Visit]
"""(rank and order value, patient, step, visit number, the visit), all integers fixed on joining."""
RANK = 2**33
"""Entry's first number = rank x RANK + order value; rank = 2 x class + (1 if not resumed), -1 while linked."""
RANKED = [(2 * klass + 1) * RANK for klass in range(100)]
"""The first number of a class's entries, before the order value is added."""
Kind = tuple[int, int, int]
"""(step, group where the closing test differs, rank)."""


def rank_of(entry: Entry) -> int:
    """2 x class + (1 if not resumed); -1 while linked."""
    return (entry[0] + RANK // 2) // RANK


def class_of(entry: Entry) -> int:
    """The class; -1 while linked."""
    return rank_of(entry) >> 1


class LeadQueue:
    """Who waits for one lead resource, in order."""

    def __init__(
        self, resource: int, *, counter: Counter | None, kinds: bool, by_group: bool, maximum: int, longest: bool
    ) -> None:
        self.resource = resource
        self.counter = counter
        """The lead, if counting its servers is enough."""
        self.kinds = kinds
        self.by_group = by_group
        self.maximum = maximum
        self.heaps: dict[Kind, list[Entry]] = {}
        self.heap: list[Entry] = self.heaps.setdefault((0, 0, 0), [])
        self.dirty = False
        self.agenda: list[LeadQueue] = []
        """Where the queue is put when something changed for it: the clinic's list of queues to try."""
        self.length = 0
        self.plain = not kinds and maximum < 0 and not longest
        """Nothing but one heap to keep."""
        self.last: list[tuple[int, int, int, int, int, Visit]] | None = [] if maximum >= 0 else None
        """Who joined last comes first: (-joined, then the queue's order backwards), kept for queues with a maximum."""
        self.oldest: list[tuple[int, Entry]] | None = [] if longest else None
        """By first joining, kept where slots are held for the longest waiter."""

    def push(self, entry: Entry, group: int) -> None:
        """Let a visit wait."""
        visit = entry[4]
        if visit.remaining < 0:
            self.length += 1
        if self.kinds:
            kind = (entry[2], group if self.by_group else 0, rank_of(entry))
            heap = self.heaps.get(kind)
            if heap is None:
                heap = self.heaps[kind] = []
            heappush(heap, entry)
        else:
            heappush(self.heap, entry)
        if self.last is not None and visit.remaining < 0:
            key, patient, step, number, _ = entry
            heappush(self.last, (-visit.joined, -key, -patient, -step, -number, visit))
        if self.oldest is not None:
            heappush(self.oldest, (visit.queued, entry))

    def remove(self, visit: Visit) -> None:
        """Take a visit out; its entry in the heap is dropped when it comes to the top."""
        visit.entry = None
        if visit.remaining < 0:
            self.length -= 1

    @staticmethod
    def head_of(heap: list[Entry]) -> Entry | None:
        """The first of one heap who still waits."""
        while heap:
            entry = heap[0]
            if entry[4].entry is entry:
                return entry
            heappop(heap)
        return None

    def heads(self) -> list[Entry]:
        """The first of each kind, best first."""
        if not self.kinds:
            head = self.head_of(self.heap)
            return [head] if head else []
        return sorted(head for heap in self.heaps.values() if (head := self.head_of(heap)))

    def best(self, may: Callable[[Entry], bool] | None = None) -> Entry | None:
        """The first of all; of those who may come (who must be whole kinds), if said."""
        found: Entry | None = None
        for heap in self.heaps.values():
            head = self.head_of(heap)
            if head is not None and (found is None or head < found) and (may is None or may(head)):
                found = head
        return found

    def next_class(self, least: int) -> int | None:
        """The most urgent class among the heads that is at least this (-1: linked)."""
        classes = (class_of(head) for heap in self.heaps.values() if (head := self.head_of(heap)) is not None)
        return min((k for k in classes if k >= least), default=None)

    def longest_waiter(self) -> Entry | None:
        """Who first joined longest ago."""
        heap = self.oldest or []
        while heap:
            entry = heap[0][1]
            if entry[4].entry is entry:
                return entry
            heappop(heap)
        return None

    def last_joined(self) -> Visit | None:
        """Who joined last (at a tie the last in the queue's order), never one already started."""
        heap = self.last or []
        while heap:
            visit = heap[0][5]
            if visit.entry is not None and visit.joined == -heap[0][0] and visit.remaining < 0:
                return visit
            heappop(heap)
        return None

    def waiting(self) -> Iterator[Visit]:
        """Everybody who waits, in no order."""
        for heap in self.heaps.values():
            for entry in heap:
                if entry[4].entry is entry:
                    yield entry[4]
