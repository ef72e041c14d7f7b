"""Tests that open pages in the system's Chromium."""
