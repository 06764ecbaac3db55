"""Programs of the project: what `make` calls. Nothing here is part of the product."""
