"""Care of what is recorded: its state, its ailments, its copies, its proof, its way back."""
