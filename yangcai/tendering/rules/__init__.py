"""Why may something in a tender not be done? Predicates that return Refusals, one module per noun."""
