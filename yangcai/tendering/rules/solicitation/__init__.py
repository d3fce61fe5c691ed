"""Is the solicitation document lawful and complete? One module per part of it."""
