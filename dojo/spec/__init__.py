"""What the spec of a kata says and receives: claims, documented numbers, fresh inputs."""
