"""The audit log: who changed which setting, and what stood there before."""
