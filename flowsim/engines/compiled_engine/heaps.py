"""Heaps: of waiting visits by their order (pairing heaps), of events by time, and of those whose patience ends now.

Only the next events lie in a heap: time is cut into buckets, about as many as there are events in a run, and each
event lies in the list of its bucket until that comes. So the heap stays small, however many events there are.
"""

from __future__ import annotations

from flowsim.engines.compiled_engine.layout import (
    ATTEMPT,
    BUCKET,
    CHILD,
    ERROR,
    EVENT_KIND,
    EVENT_SECOND,
    EVENT_UID,
    EVENTS,
    EVENTS_FULL,
    FREE_LATER,
    LATERS,
    NUM,
    ORDER,
    PAT,
    RANK,
    RIGHT,
    STEP,
    TIRED_ONES,
    UID,
    UP,
    W_BEGIN,
    W_END,
    W_WIDTH,
)
from flowsim.engines.compiled_engine.views import inlined, jitted


@inlined
def before(v, a, b):
    """Whether visit a comes before visit b: rank, order value, patient, step, visit."""
    if v[a, RANK] != v[b, RANK]:
        return v[a, RANK] < v[b, RANK]
    if v[a, ORDER] != v[b, ORDER]:
        return v[a, ORDER] < v[b, ORDER]
    if v[a, PAT] != v[b, PAT]:
        return v[a, PAT] < v[b, PAT]
    if v[a, STEP] != v[b, STEP]:
        return v[a, STEP] < v[b, STEP]
    return v[a, NUM] < v[b, NUM]


@inlined
def meld(v, a, b):
    """One heap of two roots."""
    if a < 0:
        return b
    if b < 0:
        return a
    if before(v, b, a):
        a, b = b, a
    child = v[a, CHILD]
    v[b, RIGHT] = child
    if child >= 0:
        v[child, UP] = b
    v[b, UP] = a
    v[a, CHILD] = b
    v[a, RIGHT] = -1
    v[a, UP] = -1
    return a


@jitted
def merge_pairs(v, first):
    """One heap of a list of siblings."""
    paired = -1
    while first >= 0:
        a = first
        b = v[a, RIGHT]
        first = -1 if b < 0 else v[b, RIGHT]
        v[a, RIGHT] = -1
        v[a, UP] = -1
        if b >= 0:
            v[b, RIGHT] = -1
            v[b, UP] = -1
        both = meld(v, a, b)
        v[both, RIGHT] = paired
        paired = both
    root = -1
    while paired >= 0:
        following = v[paired, RIGHT]
        v[paired, RIGHT] = -1
        root = meld(v, root, paired)
        paired = following
    return root


@inlined
def put(v, root, visit):
    """The root after a visit is put in."""
    v[visit, CHILD] = -1
    v[visit, RIGHT] = -1
    v[visit, UP] = -1
    return meld(v, root, visit)


@jitted
def take(v, root, visit):
    """The root after a visit is taken out, wherever it stands."""
    below = merge_pairs(v, v[visit, CHILD])
    v[visit, CHILD] = -1
    if visit == root:
        return below
    up, right = v[visit, UP], v[visit, RIGHT]
    if v[up, CHILD] == visit:
        v[up, CHILD] = right
    else:
        v[up, RIGHT] = right
    if right >= 0:
        v[right, UP] = up
    v[visit, RIGHT] = -1
    v[visit, UP] = -1
    return meld(v, root, below)


@jitted
def push(w, second, kind, what, uid, serial):
    """An event to come, unless the run ends before: to the heap if its bucket has come, else to its bucket."""
    if second >= w.plan[W_END]:
        return
    word, other = (second << EVENT_SECOND) | (kind << EVENT_KIND) | what, (uid << EVENT_UID) | serial
    bucket = (second - w.plan[W_BEGIN]) >> w.plan[W_WIDTH]
    if bucket <= w.g[BUCKET]:
        onto_heap(w, word, other)
        return
    i = w.g[FREE_LATER]
    if i >= 0:
        w.g[FREE_LATER] = w.later[i, 2]
    else:
        i = w.g[LATERS]
        if i >= w.later.shape[0]:
            w.g[ERROR] = EVENTS_FULL
            return
        w.g[LATERS] = i + 1
    w.later[i, 0], w.later[i, 1], w.later[i, 2] = word, other, w.buckets[bucket]
    w.buckets[bucket] = i


@jitted
def open_buckets(w, second):
    """Let the next bucket with anything in it come, if it is not after this second's."""
    last = min((second - w.plan[W_BEGIN]) >> w.plan[W_WIDTH], w.buckets.shape[0] - 1)
    while w.g[EVENTS] == 0 and w.g[BUCKET] < last:
        w.g[BUCKET] += 1
        i = w.buckets[w.g[BUCKET]]
        while i >= 0:
            onto_heap(w, w.later[i, 0], w.later[i, 1])
            following = w.later[i, 2]
            w.later[i, 2] = w.g[FREE_LATER]
            w.g[FREE_LATER] = i
            i = following


@inlined
def onto_heap(w, word, other):
    """An event rises to its place in the heap."""
    table, n = w.events, w.g[EVENTS]
    if n >= table.shape[0]:
        w.g[ERROR] = EVENTS_FULL
        return
    w.g[EVENTS] = n + 1
    while n > 0:
        up = (n - 1) >> 1
        if table[up, 0] <= word:
            break
        table[n, 0], table[n, 1] = table[up, 0], table[up, 1]
        n = up
    table[n, 0], table[n, 1] = word, other


@inlined
def pop(w):
    """Take the first event off the heap: the hole it leaves sinks to the bottom, what was last rises from there."""
    table, n = w.events, w.g[EVENTS] - 1
    w.g[EVENTS] = n
    if n == 0:
        return
    hole, child = 0, 1
    while child + 1 < n:
        if table[child + 1, 0] < table[child, 0]:
            child += 1
        table[hole, 0], table[hole, 1] = table[child, 0], table[child, 1]
        hole, child = child, 2 * child + 1
    if child < n:
        table[hole, 0], table[hole, 1] = table[child, 0], table[child, 1]
        hole = child
    first = table[n, 0]
    while hole > 0:
        up = (hole - 1) >> 1
        if table[up, 0] <= first:
            break
        table[hole, 0], table[hole, 1] = table[up, 0], table[up, 1]
        hole = up
    table[hole, 0], table[hole, 1] = first, table[n, 1]


@jitted
def tire(w, v):
    """A visit's patience ends now: by patient, step, visit and attempt among those whose does."""
    table, n = w.tired, w.g[TIRED_ONES]
    if n >= table.shape[0]:
        w.g[ERROR] = EVENTS_FULL
        return
    w.g[TIRED_ONES] = n + 1
    visit = w.visits[v]
    table[n, 0], table[n, 1], table[n, 2], table[n, 3] = visit[PAT], visit[STEP], visit[NUM], visit[ATTEMPT]
    table[n, 4], table[n, 5] = v, visit[UID]
    while n > 0:
        up = (n - 1) >> 1
        if not sooner(table, n, up, 4):
            break
        swap(table, n, up, 6)
        n = up


@inlined
def sooner(table, a, b, width):
    """Lexicographic order of two rows."""
    for k in range(width):
        if table[a, k] != table[b, k]:
            return table[a, k] < table[b, k]
    return False


@inlined
def swap(table, a, b, width):
    """Two rows change places."""
    for k in range(width):
        table[a, k], table[b, k] = table[b, k], table[a, k]


@jitted
def pop_tired(w):
    """Take the first off; it is left in the row behind the heap."""
    table, n = w.tired, w.g[TIRED_ONES] - 1
    w.g[TIRED_ONES] = n
    swap(table, 0, n, 6)
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= n:
            return
        if child + 1 < n and sooner(table, child + 1, child, 4):
            child += 1
        if not sooner(table, child, hole, 4):
            return
        swap(table, hole, child, 6)
        hole = child
