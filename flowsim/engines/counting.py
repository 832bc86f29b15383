"""Where counting servers is enough: staff who never close and are needed one at a time, alone."""

from __future__ import annotations

from flowsim.plan.model import FOREVER, Draws, Plan


def countable(plan: Plan, index: int, draws: Draws) -> bool:
    """Whether a staff resource never closes, is never interrupted, and serves only steps that need one of it alone."""
    spec, shifts = plan.resources[index], draws.shifts[index]
    if spec.kind != "staff" or spec.interruption != "none" or spec.suspend or len(spec.tranches) > 1:
        return False
    always = len(shifts) > 0 and (shifts[:, 0] <= plan.begin).all() and (shifts[:, 1] == FOREVER).all()
    pulls = {step.pull_watch for step in plan.steps}
    promised = {step for step, _, _ in plan.due_days}
    users = [k for k, step in enumerate(plan.steps) if any(r == index for r, _ in step.needs)]
    return bool(spec.unlimited or always) and all(
        _alone(plan, k, index) and k not in pulls and k not in promised for k in users
    )


def _alone(plan: Plan, k: int, index: int) -> bool:
    """Whether a step needs one server of this resource and nothing else ever."""
    step = plan.steps[k]
    reserved = step.stay >= 0 and not plan.steps[step.stay].sought
    odd = step.linked or step.has_no_show or bool(step.cancellations) or step.pull_watch >= 0
    return step.needs == ((index, 1),) and not reserved and not odd
