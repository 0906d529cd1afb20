"""The pages on which APIs are drawn."""
