"""Who may call: authorizers by kind, and the API's resource policy beside them."""
