"""Import work breakdowns as plans, with an account of what was understood and, line by line, what was not."""
