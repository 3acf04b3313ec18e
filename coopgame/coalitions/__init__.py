"""What groups of players can claim together: coalitional games, their values, core and nucleolus."""
