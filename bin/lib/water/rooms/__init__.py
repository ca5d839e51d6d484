"""The rooms of the addons: what stands where, and who may know whom (ARCHITECTURE.md)."""
