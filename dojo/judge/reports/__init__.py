"""What a judged run leaves behind: records, gradebook, pages, and what is on the screen."""
