"""What a token teaches: bits of signal per sample and per FLOP by training method, and how far a method moves the model."""
