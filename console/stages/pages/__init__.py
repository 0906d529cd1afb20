"""The pages of what is live."""
