"""Rapport: a self-hosted customer service platform that makes service quality a property of the software."""
