"""Tiny language models trained for real, so that the joint law of all four resources is measured instead of guessed.

Everything here that trains needs PyTorch (extra `lab`); nothing outside this package imports it.
"""
