"""The example review, held against the published figures it was carried over from."""
