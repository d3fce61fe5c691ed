"""Policy and guidance: what the bureau explains, who wrote it, who let it out, and what it said before."""
