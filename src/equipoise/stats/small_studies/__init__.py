"""Whether small trials show other effects than large ones, and what that would do."""
