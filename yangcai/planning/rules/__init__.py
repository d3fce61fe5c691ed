"""Why may planning not go on? One file per noun: plan (with its intention), method, publicity, repeats."""
