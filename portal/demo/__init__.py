"""The demo: two invented clinics on this machine, and the processes that serve them."""
