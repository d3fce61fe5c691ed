"""What must be done before the next step of an evaluation, and is it done lawfully? One module per noun."""
