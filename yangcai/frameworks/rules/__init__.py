"""Why may a framework agreement not be called for, entered, signed, left or called off from? One module per noun."""
