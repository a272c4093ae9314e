"""What runs in the sandbox: the zygote, and the workers that it forks."""
