"""A member token as Python makes it: JSON Web Token (RFC 7519), HS256, with the standard library alone.

OMO_MEMBER_KEY=kid:secret python sign.py u1 '{"rank": "ゴールド"}' [--cookie]
"""

import hmac
import json
import os
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping


def member_token(member: str, attributes: Mapping[str, object], life: int = 300) -> str:
    """Return a token for a body (5 minutes at most), or for the cookie omo_member (12 hours at most).

    RuntimeError without a secret to sign with.
    """
    kid, _, secret = os.environ.get("OMO_MEMBER_KEY", "").partition(",")[0].partition(":")  # the first key signs
    if len(secret.encode()) < 32 or secret.startswith("@"):
        raise RuntimeError("OMO_MEMBER_KEY has no secret of 32 bytes: omo token --new-key makes one")
    now = int(time.time())
    claims = {**attributes, "sub": member, "aud": "omotenashi", "iat": now, "exp": now + life}
    signed = f"{_part({'typ': 'JWT', 'alg': 'HS256', 'kid': kid})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _part(data: Mapping[str, object]) -> str:
    return _base64(json.dumps(data).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    life = 12 * 3600 if "--cookie" in sys.argv else 300
    stated = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not stated:
        sys.exit("usage: OMO_MEMBER_KEY=kid:secret python sign.py MEMBER ['{\"rank\": …}'] [--cookie]")
    try:
        print(member_token(stated[0], json.loads(stated[1]) if stated[1:] else {}, life))  # noqa: T201 a script
    except RuntimeError as error:
        sys.exit(str(error))
