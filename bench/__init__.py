"""Speed, measured as ratios within one run (``make bench``), never as a timed test."""
