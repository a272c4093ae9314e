"""An inbox: whose submissions are in it, what is read of them, and what is not."""
