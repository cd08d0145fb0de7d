"""How fast the portal is, as ratios to limits measured in the same run. `docs/speed.md` says how to read it."""
