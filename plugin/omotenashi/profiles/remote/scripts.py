"""What Redis or Valkey does in one step: Lua for EVAL, which every version since 6.2 and every Valkey runs alike."""

from __future__ import annotations

WRITE = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1
"""
"""Profile; the version that was read, the new value, the seconds after which it expires. Returns 1, or the value that is there instead."""

WRITE_AT = WRITE.replace(b"'EX'", b"'EXAT'")
"""Likewise, with the second (since 1970-01-01 UTC) in which it expires."""

DETACH = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5]) end
return 1
"""
"""Profile and parcel; likewise, with the parcel and for how many seconds it is kept."""

DELIVERED = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
"""Parcel; its id. Another one stays."""

SWAP = b"""
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
"""A record, or how far an import is; what was read, and what is to be there, for ever. Returns 1, or 0 where it is another by now."""
