"""KPP costing: from the ledger to cost per contact and the unit costs that drive a scenario's money, öre by öre.

    inputs (forms, read)  ->  1 scope  ->  2 patient costs  ->  3 allocation  ->  4 resources  ->  5 activities
    ->  6 services and idle capacity  ->  7 contacts  ->  8 patients        `run` goes through them and reconciles

Every stage gives back what it kept and what it set aside, each with a name; nothing else may be missing.
"""
