"""The pages, one module each: what it reads, its template, its live parts. PAGES has them in the order of the menu."""
