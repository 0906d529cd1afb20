"""Calls to AWS, or to what stands in for it: credentials, endpoints, signatures, Lambda functions."""
