"""What is shipped: the model folder, and the mean of several."""
