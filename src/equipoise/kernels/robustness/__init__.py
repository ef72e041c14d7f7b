"""How far a conclusion holds: power, tipping points, missing outcomes, repeated looks; arrays only."""
