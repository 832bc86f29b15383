"""ortho4 in salabim, without its monitors that nobody reads: a component per patient, yield by yield."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import salabim

from peers import model


class Hospital:
    """Resources, luck and what is left behind."""

    def __init__(self, env: salabim.Environment, seed: int) -> None:
        self.rng = random.Random(seed)
        self.visits: list[tuple[Any, ...]] = []
        resources = [salabim.Resource(name, capacity=number, env=env) for name, number in model.CAPACITY.items()]
        self.doctor, self.xray, self.theatre, self.ward = self.resources = resources
        for one in resources:
            for monitor in (one.claimed_quantity, one.available_quantity, one.capacity, one.occupancy):
                monitor.monitor(False)
            for monitor in (one.claimers().length, one.claimers().length_of_stay, one.requesters().length_of_stay):
                monitor.monitor(False)

    def sample(self, stage: str) -> float:
        """One duration in days."""
        return self.rng.lognormvariate(*model.LOGNORMAL[stage])


class Patient(salabim.Component):
    """The pathway, from referral or from the theatre's queue."""

    def setup(self, number: int, rank: int, waiting: bool, hospital: Hospital) -> None:
        """Salabim's constructor."""
        self.number, self.rank, self.waiting, self.hospital = number, rank, waiting, hospital
        self.status.monitor(False)
        self.mode.monitor(False)

    def process(self) -> Iterator[Any]:
        """Referral, diagnostics and surgery, back again for some."""
        if not self.waiting:
            begun = self.env.now()
            yield self.hold(self.hospital.sample("triage"))
            self.hospital.visits.append((self.number, 0, begun, begun, self.env.now()))
            yield from self.visit(self.hospital.doctor, self.rank, 1, "first_visit")
        for loop in range(model.MOST_LOOPS + 1):
            if loop or not self.waiting:
                yield from self.visit(self.hospital.xray, self.rank, 2, "film")
                if self.hospital.rng.random() >= model.P_SURGERY:
                    return
            yield from self.surgery()
            yield from self.visit(self.hospital.doctor, 2, 5, "follow_up")
            if self.hospital.rng.random() >= model.P_BACK:
                return

    def visit(self, resource: salabim.Resource, priority: int, stage: int, law: str) -> Iterator[Any]:
        """A visit to one resource."""
        queued = self.env.now()
        yield self.request((resource, 1, priority))
        started = self.env.now()
        yield self.hold(self.hospital.sample(law))
        self.release(resource)
        self.hospital.visits.append((self.number, stage, queued, started, self.env.now()))

    def surgery(self) -> Iterator[Any]:
        """Operation and bed; the theatre is left when there is a bed."""
        hospital, now = self.hospital, self.env.now
        queued = now()
        yield self.request((hospital.theatre, 1, self.rank))
        started = now()
        yield self.hold(hospital.sample("surgery"))
        operated = now()
        yield self.request((hospital.ward, 1, 0))
        in_bed = now()
        self.release(hospital.theatre)
        hospital.visits.append((self.number, 3, queued, started, in_bed))
        yield self.hold(hospital.sample("surgery_stay"))
        self.release(hospital.ward)
        hospital.visits.append((self.number, 4, operated, in_bed, now()))


class Arrivals(salabim.Component):
    """Those waiting at the start, then new referrals."""

    def setup(self, backlog: int, hospital: Hospital) -> None:
        """Salabim's constructor."""
        self.backlog, self.hospital = backlog, hospital

    def process(self) -> Iterator[Any]:
        """One after the other."""
        rng, number = self.hospital.rng, self.backlog
        for waiting in range(self.backlog):
            Patient(number=waiting, rank=1, waiting=True, hospital=self.hospital)
        while True:
            yield self.hold(rng.expovariate(model.RATE))
            urgent = rng.random() < model.P_URGENT
            Patient(number=number, rank=0 if urgent else 1, waiting=False, hospital=self.hospital)
            number += 1


def run(seed: int, backlog: int = model.BACKLOG) -> tuple[tuple[Any, ...], ...]:
    """One replication: patient, stage, queued, started, ended (days), and patient-days waiting per resource."""
    env = salabim.Environment(trace=False, yieldless=False, random_seed=seed)
    hospital = Hospital(env, seed)
    Arrivals(backlog=backlog, hospital=hospital)
    env.run(till=model.HORIZON)
    waiting = tuple(one.requesters().length.mean() * model.HORIZON for one in hospital.resources)
    return (*zip(*hospital.visits, strict=True), waiting)
