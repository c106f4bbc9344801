"""What there is to know of each kind of finding: a file for what fails, for what is hardly meant, and for files."""
