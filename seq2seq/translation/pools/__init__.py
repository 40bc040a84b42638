"""Pools of workers that translate side by side."""
