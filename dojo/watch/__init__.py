"""Each save of an answer is judged at once, in a process that has torch already."""
