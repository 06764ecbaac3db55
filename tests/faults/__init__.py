"""Things broken on purpose, from a seed: what the product promises must hold all the same (`make faults`).

Every run prints its seeds; `RAPPORT_FAULT_SEED=<seed>` replays one, `RAPPORT_FAULT_SIZE` is C (a commit), N (a night) or
R (a release).
"""
