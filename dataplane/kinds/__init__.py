"""Integrations, compiled: what each type makes of its part of a plan."""
