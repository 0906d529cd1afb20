"""TLS towards others: whose certificates count."""

import ssl
from typing import Final

# Python 3.13's own default less VERIFY_X509_STRICT, which refuses an authority without a key usage: `openssl req -x509`
# makes it so, and Python 3.11 and curl take it.
_FLAGS: Final = ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN


def client_context() -> ssl.SSLContext:
    """Verifies by the system's authorities, or those in SSL_CERT_FILE and SSL_CERT_DIR, alike under every Python."""
    context = ssl.create_default_context()
    context.verify_flags = _FLAGS
    return context
