"""The best use of a budget: designs within it, run against each other until the best stands out."""
