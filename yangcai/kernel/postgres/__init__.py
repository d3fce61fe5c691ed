"""Which database does Django talk to? Its own PostgreSQL backend, with a compiler that asks less often what never
changes."""
