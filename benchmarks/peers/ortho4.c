/* ortho4 hard-coded, all luck drawn before: the practical limit of speed on a processor.
 *
 * Events lie in one binary heap by (time, sequence); each resource has a heap of those waiting, by (class, sequence).
 * Luck by patient i, or by loop and patient k = loop * n + i. Times are days. A row is written when a visit is over. */
#include <stdint.h>
#include <stdlib.h>

enum { DOCTOR, XRAY, THEATRE, WARD, RESOURCES };
enum { TRIAGED, SEEN, FILMED, OPERATED, OUT_OF_BED, FOLLOWED_UP };

typedef struct { double time; int64_t sequence; int32_t patient, what; } Event;
typedef struct { int64_t rank; int32_t patient; } Waiting;
typedef struct { Waiting *heap; int waiting, busy, servers; double area, since; } Resource;

typedef struct {
    Event *events;
    int n_events;
    int64_t sequence, turn, n;
    Resource resources[RESOURCES];
    double *queued, *started;
    int8_t *loop, *operated;
    const double *first_visit, *film, *surgery, *follow_up;
} Hospital;

static inline int before(const Event *a, const Event *b) {
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

static inline void schedule(Hospital *h, double time, int32_t patient, int32_t what) {
    Event event = {time, h->sequence++, patient, what};
    int i = h->n_events++;
    while (i) {
        int parent = (i - 1) >> 1;
        if (!before(&event, &h->events[parent])) break;
        h->events[i] = h->events[parent];
        i = parent;
    }
    h->events[i] = event;
}

static inline Event next_event(Hospital *h) {
    Event first = h->events[0], last = h->events[--h->n_events];
    int n = h->n_events, i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= n) break;
        if (child + 1 < n && before(&h->events[child + 1], &h->events[child])) child++;
        if (!before(&h->events[child], &last)) break;
        h->events[i] = h->events[child];
        i = child;
    }
    if (n) h->events[i] = last;
    return first;
}

static inline void count_until(Resource *r, double now) {
    r->area += r->waiting * (now - r->since);
    r->since = now;
}

static inline void line_up(Resource *r, double now, int64_t rank, int32_t patient) {
    count_until(r, now);
    Waiting one = {rank, patient};
    int i = r->waiting++;
    while (i) {
        int parent = (i - 1) >> 1;
        if (r->heap[parent].rank <= rank) break;
        r->heap[i] = r->heap[parent];
        i = parent;
    }
    r->heap[i] = one;
}

static inline int32_t call_in(Resource *r, double now) {
    count_until(r, now);
    int32_t first = r->heap[0].patient;
    Waiting last = r->heap[--r->waiting];
    int n = r->waiting, i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= n) break;
        if (child + 1 < n && r->heap[child + 1].rank < r->heap[child].rank) child++;
        if (r->heap[child].rank >= last.rank) break;
        r->heap[i] = r->heap[child];
        i = child;
    }
    if (n) r->heap[i] = last;
    return first;
}

static inline void start(Hospital *h, int resource, double now, int32_t i) {
    h->started[i] = now;
    int64_t k = (int64_t)h->loop[i] * h->n + i;
    if (resource == XRAY) schedule(h, now + h->film[k], i, FILMED);
    else if (resource == THEATRE) schedule(h, now + h->surgery[k], i, OPERATED);
    else if (h->operated[i]) schedule(h, now + h->follow_up[k], i, FOLLOWED_UP);
    else schedule(h, now + h->first_visit[i], i, SEEN);
}

static inline void join(Hospital *h, int resource, double now, int32_t i, int class) {
    Resource *r = &h->resources[resource];
    h->queued[i] = now;
    if (r->busy < r->servers) {
        r->busy++;
        start(h, resource, now, i);
    } else
        line_up(r, now, ((int64_t)class << 48) | h->turn++, i);
}

static inline void release(Hospital *h, int resource, double now) {
    Resource *r = &h->resources[resource];
    if (r->waiting) start(h, resource, now, call_in(r, now));
    else r->busy--;
}

/* Returns the number of rows. `backlog` patients stand in the theatre's queue; the others arrive in order. */
int64_t run(int64_t n, int64_t backlog, double horizon, const int64_t *servers, const double *arrives,
            const int8_t *class, const double *triage, const double *first_visit, const double *film,
            const double *surgery, const double *stay, const double *follow_up, const uint8_t *to_surgery,
            const uint8_t *goes_back, int32_t *row_patient, int8_t *row_stage, double *row_queued,
            double *row_started, double *row_ended, double *area) {
    Hospital h = {.n = n, .first_visit = first_visit, .film = film, .surgery = surgery, .follow_up = follow_up};
    h.events = malloc(sizeof(Event) * (n + 8));
    h.queued = calloc(n, sizeof(double));
    h.started = calloc(n, sizeof(double));
    h.loop = calloc(n, 1);
    h.operated = calloc(n, 1);
    double *operation_over = malloc(sizeof(double) * n);
    for (int r = 0; r < RESOURCES; r++) {
        h.resources[r] = (Resource){.heap = malloc(sizeof(Waiting) * (n + 1)), .servers = (int)servers[r]};
    }
    Resource *ward = &h.resources[WARD];
    int64_t rows = 0, arrived = 0, arriving = n - backlog;
#define ROW(PATIENT, STAGE, QUEUED, STARTED, ENDED) do { \
        row_patient[rows] = PATIENT; row_stage[rows] = STAGE; row_queued[rows] = QUEUED; \
        row_started[rows] = STARTED; row_ended[rows] = ENDED; rows++; } while (0)
    for (int32_t i = 0; i < backlog; i++) join(&h, THEATRE, 0.0, i, class[i]);
    for (;;) {
        if (arrived < arriving && (h.n_events == 0 || arrives[arrived] <= h.events[0].time)) {
            if (arrives[arrived] > horizon) break;
            int32_t i = backlog + arrived;
            h.queued[i] = arrives[arrived];
            schedule(&h, arrives[arrived] + triage[i], i, TRIAGED);
            arrived++;
            continue;
        }
        if (h.n_events == 0 || h.events[0].time > horizon) break;
        Event event = next_event(&h);
        double now = event.time;
        int32_t i = event.patient;
        int64_t k = (int64_t)h.loop[i] * n + i;
        switch (event.what) {
        case TRIAGED:
            ROW(i, 0, h.queued[i], h.queued[i], now);
            join(&h, DOCTOR, now, i, class[i]);
            break;
        case SEEN:
            ROW(i, 1, h.queued[i], h.started[i], now);
            release(&h, DOCTOR, now);
            join(&h, XRAY, now, i, class[i]);
            break;
        case FILMED:
            ROW(i, 2, h.queued[i], h.started[i], now);
            release(&h, XRAY, now);
            if (to_surgery[k]) join(&h, THEATRE, now, i, class[i]);
            break;
        case OPERATED:
            operation_over[i] = now;
            if (ward->busy < ward->servers) {
                ward->busy++;
                ROW(i, 3, h.queued[i], h.started[i], now);
                h.queued[i] = h.started[i] = now;
                schedule(&h, now + stay[k], i, OUT_OF_BED);
                release(&h, THEATRE, now);
            } else
                line_up(ward, now, h.turn++, i);
            break;
        case OUT_OF_BED:
            ROW(i, 4, h.queued[i], h.started[i], now);
            if (ward->waiting) {
                int32_t j = call_in(ward, now);
                ROW(j, 3, h.queued[j], h.started[j], now);
                h.queued[j] = operation_over[j];
                h.started[j] = now;
                schedule(&h, now + stay[(int64_t)h.loop[j] * n + j], j, OUT_OF_BED);
                release(&h, THEATRE, now);
            } else
                ward->busy--;
            h.operated[i] = 1;
            join(&h, DOCTOR, now, i, 2);
            break;
        case FOLLOWED_UP:
            ROW(i, 5, h.queued[i], h.started[i], now);
            release(&h, DOCTOR, now);
            h.operated[i] = 0;
            if (goes_back[k]) {
                h.loop[i]++;
                join(&h, XRAY, now, i, class[i]);
            }
            break;
        }
    }
    for (int r = 0; r < RESOURCES; r++) {
        count_until(&h.resources[r], horizon);
        area[r] = h.resources[r].area;
        free(h.resources[r].heap);
    }
    free(h.events);
    free(h.queued);
    free(h.started);
    free(h.loop);
    free(h.operated);
    free(operation_over);
    return rows;
}
