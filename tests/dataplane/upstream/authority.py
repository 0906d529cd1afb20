"""A certificate authority of the tests' own, and servers that show its certificates."""

import asyncio
import contextlib
import datetime
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = datetime.timedelta(days=1)
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_UNTIL_THE_END = b"HTTP/1.1 200 OK\r\n\r\nok"


class Authority:
    """Without a key usage, as `openssl req -x509` makes one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests' authority")])
        own = self._builder(self._name, self._key, days=1).add_extension(x509.BasicConstraints(True, None), True)
        self.path = folder / "authority.pem"
        self.path.write_bytes(_pem(own.sign(self._key, hashes.SHA256())))

    def certificate(self, host: str, *, days: int = 1) -> Path:
        """Key and certificate for that host, valid for so many days from yesterday on."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = self._builder(subject, key, days=days).add_extension(names, False).add_extension(issuer, False)
        path = self._folder / f"{host}-{days}.pem"
        path.write_bytes(_private(key) + _pem(builder.sign(self._key, hashes.SHA256())))
        return path

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _DAY)
            .not_valid_after(now + (days - 1) * _DAY + _DAY / 2)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )


@dataclass
class SecureOrigin:
    port: int
    names: list[str | None] = field(default_factory=list)  # as clients asked for them in the handshake


@asynccontextmanager
async def secure_origin(certificate: Path) -> AsyncIterator[SecureOrigin]:
    """Answers every request with 200."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    origin = SecureOrigin(0)
    writers: list[asyncio.StreamWriter] = []

    def note(sock: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        origin.names.append(name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(_OK)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    context.sni_callback = note  # type: ignore[assignment]
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    origin.port = server.sockets[0].getsockname()[1]
    try:
        yield origin
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.02)


def cut_off(certificate: Path, listening: socket.socket, *, said: bool) -> None:
    """Blocks. Answers one request with a body without a length, and ends; `said`: in TLS too, not by FIN alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    accepted, _ = listening.accept()
    with context.wrap_socket(accepted, server_side=True) as secured:
        secured.recv(10_000)
        secured.sendall(_UNTIL_THE_END)
        if said:
            secured.unwrap().close()
        else:
            socket.socket.shutdown(secured, socket.SHUT_WR)
            with contextlib.suppress(OSError):
                secured.recv(1)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, form, serialization.NoEncryption())
