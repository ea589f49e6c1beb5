"""How things are written for people and programs: tables, text, numbers, money, JSON and CSV."""
