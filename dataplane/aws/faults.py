"""Why a call to AWS came to nothing. A service that is not reached is an UpstreamFault, as any backend is."""


class AwsFault(Exception):
    """`str()` of it is for logs."""


class NoCredentials(AwsFault):
    """This node has none, or its role cannot be assumed."""


class ApiError(AwsFault):
    """The service refused the call itself: its status, the name of its error, its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code} ({status}): {message}" if message else f"{code} ({status})")
        self.status = status
        self.code = code
        self.message = message


class AccessDenied(ApiError):
    """The credentials do not allow it, or are not valid."""


class NoSuchFunction(ApiError):
    """No function, version or alias of that name."""


class Throttled(ApiError):
    """Too many calls at once, or in a second."""
