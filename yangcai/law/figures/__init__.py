"""Which amounts, shares and classes follow from a rule? One small file per question; all pure arithmetic."""
