"""What do the commands for sealed bids share? Files that are not overwritten, passphrases, one way to say a fault."""
