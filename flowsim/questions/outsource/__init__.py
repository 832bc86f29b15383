"""Buy or make: what each costs, how sure that is, and when to do which."""
