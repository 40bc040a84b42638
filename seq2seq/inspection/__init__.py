"""Looking inside a trained model: what its gates, its attention and its search do with one sentence."""
