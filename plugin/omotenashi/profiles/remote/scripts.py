"""What Redis or Valkey does in one step: Lua for EVAL, which every version since 6.2 and every Valkey runs alike."""

from __future__ import annotations

WRITE = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
"""Profile; the version that was read, the new value, the seconds after which it expires. Returns 1, or the value that is there instead."""

WRITE_AT = WRITE.replace(b"'EX'", b"'EXAT'")
"""Likewise, with the second (since 1970-01-01 UTC) in which it expires."""

DETACH = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[3]) end
return 1
"""
"""Profile and parcel; likewise, with the parcel, if there is one, which is kept as long."""

REMOVE = b"""
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
"""Profile or parcel; its version or id. Returns 1, or 0 where there is none or another, which stays."""

AWAIT = b"""
local all = redis.call('GET', KEYS[1]) or ''
if #all >= 32 * (#ARGV[1] + 1) then return 0 end
redis.call('SET', KEYS[1], all .. ARGV[1] .. 'w', 'EX', ARGV[2])
return 1
"""
"""Awaited; one more, and for how many seconds all are kept from now on. Returns 1, or 0 where too many are awaited."""

MERGE = b"""
local all = redis.call('GET', KEYS[2]) or ''
local at = string.find(all, ARGV[4] .. 'w', 1, true)
if not at then return 0 end
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return redis.call('GET', KEYS[1]) or '' end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
local state = at + #ARGV[4]
redis.call('SET', KEYS[2], all:sub(1, state - 1) .. 'd' .. all:sub(state + 1), 'KEEPTTL')
return 1
"""
"""Profile and awaited; as WRITE, with the one whose parcel is merged: it is noted that it was. Returns 0 where it is awaited no more."""

ARRIVED = b"""
if redis.call('TTL', KEYS[1]) > tonumber(ARGV[2]) then return 0 end
local all, left = redis.call('GET', KEYS[1]) or '', ''
for at = 1, #all, #ARGV[1] + 1 do
  if all:sub(at, at + #ARGV[1] - 1) ~= ARGV[1] then left = left .. all:sub(at, at + #ARGV[1]) end
end
if left == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], left, 'KEEPTTL') end
return 1
"""
"""Awaited; one that no longer is, unless they are kept for more than so many seconds still: then one has just come. Returns 1, or 0."""

SWAP = b"""
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1
"""
"""A record, or how far an import is; what was read, and what is to be there, for ever; empty where nothing is. Returns 1, or 0 where it is another by now."""

LEASE = b"""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
"""A lease; who asks for it, and for how many seconds. Returns 1, or 0 where somebody else holds it."""

INTRODUCE = b"""
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('GETRANGE', KEYS[1], 0, 7)
redis.call('TTL', KEYS[1])
redis.call('TIME')
return 1
"""
"""What nodes take for granted; as this one does. What is there stays. It reads as the others do, so that one that may not is
told at the start and not when a visitor comes."""
