"""Can a real published procurement be run again here, and does it come out as it was published?"""
