"""The rooms of both addons: what stands where, and who may know whom (ARCHITECTURE.md)."""
