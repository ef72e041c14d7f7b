"""How little it takes to change a conclusion, and whether there is enough evidence for one."""
