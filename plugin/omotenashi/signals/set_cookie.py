"""Cookies that the service sets: what they are called, and the Set-Cookie headers that set them and take them away."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class SetCookie(Struct, frozen=True):
    """A cookie under its three names, of which a browser has one."""

    host: str
    """Over HTTPS; it begins with __Host-."""
    shared: str
    """For several hosts of one domain; it begins with __Secure-."""
    plain: str
    """On plain-HTTP development hosts."""
    life: int
    """Seconds."""

    @property
    def names(self) -> tuple[str, str, str]:
        """All three."""
        return self.host, self.shared, self.plain

    def by_safety(self, domain: str) -> tuple[str, str, str]:
        """Return the names, the safest first; where site.yaml names a `domain`, the one that its hosts share is that."""
        return (self.shared, self.host, self.plain) if domain else self.names

    def name(self, *, secure: bool, domain: str) -> str:
        """Return the name for a browser that came over HTTPS or not; `domain` as in site.yaml, or empty."""
        if not secure:
            return self.plain
        return self.shared if domain else self.host

    def header(self, value: str, *, secure: bool, domain: str) -> str:
        """Return the value of the Set-Cookie header that gives the cookie to a browser."""
        return self._header(self.name(secure=secure, domain=domain), value, self.life, domain)

    def expired(self, cookies: Mapping[str, str], domain: str) -> list[str]:
        """Return the values of the Set-Cookie headers that take away whatever of it a browser has sent."""
        return [self._header(name, "", 0, domain) for name in self.names if name in cookies]

    def _header(self, name: str, value: str, life: int, domain: str) -> str:
        """The prefixes __Host- and __Secure- demand Secure, __Host- no Domain (RFC 6265bis, section 4.1.3)."""
        within = f"; Domain={domain}" if name == self.shared and domain else ""
        secure = "" if name == self.plain else "; Secure"
        return f"{name}={value}; Path=/{within}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
