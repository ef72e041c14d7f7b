"""What significant results alone, or unequal publication of them, allow one to conclude."""
