"""Who may judge, how many, and may this member act? One module per noun."""
