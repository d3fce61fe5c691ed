"""Why may a contract, its acceptance or its payment not go on? Every predicate, by noun."""
