"""May a prequalification be announced, applied to and examined, and may its list be used? One module per noun."""
