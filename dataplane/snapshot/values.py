"""What every part of the contract is made of."""

import msgspec

Digest = str  # 64 lower-case hexadecimal digits


class Base(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    pass
