"""ortho4 in SimPy as its manual teaches it: a generator per patient, stock resources, a numpy draw per event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import simpy

from peers import model


class Monitored(simpy.PriorityResource):
    """A resource that adds up patient-days of waiting."""

    def __init__(self, env: simpy.Environment, capacity: int) -> None:
        super().__init__(env, capacity)
        self.area = 0.0
        self.last = 0.0

    def tick(self) -> None:
        """Count those waiting until now."""
        now = self._env.now
        self.area += len(self.queue) * (now - self.last)
        self.last = now

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """As in SimPy."""
        self.tick()
        return super().request(*args, **kwargs)

    def release(self, *args: Any, **kwargs: Any) -> Any:
        """As in SimPy."""
        self.tick()
        return super().release(*args, **kwargs)


class Patient:
    """Number, class, and times sent back."""

    def __init__(self, number: int, urgent: bool) -> None:
        self.number = number
        self.priority = 0 if urgent else 1
        self.loops = 0


class Hospital:
    """The pathway."""

    def __init__(self, env: simpy.Environment, rng: np.random.Generator, visits: list[tuple[Any, ...]]) -> None:
        self.env, self.rng, self.visits = env, rng, visits
        self.doctor, self.xray, self.theatre, self.ward = (Monitored(env, c) for c in model.CAPACITY.values())

    def sample(self, stage: str) -> float:
        """One duration in days."""
        mu, sigma = model.LOGNORMAL[stage]
        return self.rng.lognormal(mu, sigma)

    def new_patient(self, p: Patient) -> Iterator[Any]:
        """From referral."""
        env = self.env
        t0 = env.now
        yield env.timeout(self.sample("triage"))
        self.visits.append((p.number, 0, t0, t0, env.now))
        t0 = env.now
        with self.doctor.request(priority=p.priority) as req:
            yield req
            t1 = env.now
            yield env.timeout(self.sample("first_visit"))
        self.visits.append((p.number, 1, t0, t1, env.now))
        yield from self.diagnostics(p)

    def diagnostics(self, p: Patient) -> Iterator[Any]:
        """X-ray, surgery, and back again for some."""
        env = self.env
        while True:
            t0 = env.now
            with self.xray.request(priority=p.priority) as req:
                yield req
                t1 = env.now
                yield env.timeout(self.sample("film"))
            self.visits.append((p.number, 2, t0, t1, env.now))
            if self.rng.random() >= model.P_SURGERY:
                return
            yield from self.surgery(p)
            if p.loops >= model.MOST_LOOPS or self.rng.random() >= model.P_BACK:
                return
            p.loops += 1

    def surgery(self, p: Patient) -> Iterator[Any]:
        """Operation, bed, follow-up."""
        env = self.env
        t0 = env.now
        with self.theatre.request(priority=p.priority) as req:
            yield req
            t1 = env.now
            yield env.timeout(self.sample("surgery"))
            t2 = env.now
            bed = self.ward.request(priority=0)
            yield bed
        t3 = env.now
        self.visits.append((p.number, 3, t0, t1, t3))
        yield env.timeout(self.sample("surgery_stay"))
        self.ward.release(bed)
        self.visits.append((p.number, 4, t2, t3, env.now))
        t0 = env.now
        with self.doctor.request(priority=2) as req:
            yield req
            t1 = env.now
            yield env.timeout(self.sample("follow_up"))
        self.visits.append((p.number, 5, t0, t1, env.now))

    def waiting_patient(self, p: Patient) -> Iterator[Any]:
        """From the theatre's queue at the start."""
        yield from self.surgery(p)
        if self.rng.random() < model.P_BACK:
            p.loops += 1
            yield from self.diagnostics(p)

    def arrivals(self, backlog: int) -> Iterator[Any]:
        """Those waiting at the start, then new referrals."""
        for number in range(backlog):
            self.env.process(self.waiting_patient(Patient(number, urgent=False)))
        number = backlog
        while True:
            yield self.env.timeout(self.rng.exponential(1 / model.RATE))
            self.env.process(self.new_patient(Patient(number, self.rng.random() < model.P_URGENT)))
            number += 1


def run(seed: int, backlog: int = model.BACKLOG) -> tuple[tuple[Any, ...], ...]:
    """One replication: patient, stage, queued, started, ended (days), and patient-days waiting per resource."""
    env = simpy.Environment()
    visits: list[tuple[Any, ...]] = []
    hospital = Hospital(env, np.random.default_rng(seed), visits)
    env.process(hospital.arrivals(backlog))
    env.run(until=model.HORIZON)
    area = []
    for resource in (hospital.doctor, hospital.xray, hospital.theatre, hospital.ward):
        resource.tick()
        area.append(resource.area)
    return (*zip(*visits, strict=True), tuple(area))
