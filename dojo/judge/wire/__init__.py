"""What crosses between the judge and a worker: values and messages, never code."""
