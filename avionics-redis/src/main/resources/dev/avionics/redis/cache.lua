-- Puts an entry into a part of the cache. KEYS: the index, a sorted set of names by the end of their entries (in
-- milliseconds); their sizes, a hash, the sum under the empty name; the entry.
-- ARGV: name, value, time to live in milliseconds, size, the most of all sizes, what precedes the name in an entry's key.
-- An empty time to live takes the entry away.
local name, value, ttl, size, most, prefix = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function forget(one)
    local old = redis.call('HGET', KEYS[2], one)
    if old then
        redis.call('HDEL', KEYS[2], one)
        redis.call('HINCRBY', KEYS[2], '', '-' .. old)
    end
    redis.call('ZREM', KEYS[1], one)
    redis.call('DEL', prefix .. one)
end

forget(name)
for _, over in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)) do
    forget(over)
end
if not ttl then
    return 0
end
local sum = tonumber(redis.call('HGET', KEYS[2], '') or '0')
while sum + size > most do
    local first = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
    if not first then
        -- The index was lost: begin anew.
        redis.call('DEL', KEYS[2])
        break
    end
    forget(first)
    sum = tonumber(redis.call('HGET', KEYS[2], '') or '0')
end
redis.call('SET', KEYS[3], value, 'PX', ttl)
redis.call('ZADD', KEYS[1], now + ttl, name)
redis.call('HSET', KEYS[2], name, size)
redis.call('HINCRBY', KEYS[2], '', size)
for n = 1, 2 do
    if redis.call('PTTL', KEYS[n]) < ttl + 1000 then
        redis.call('PEXPIRE', KEYS[n], ttl + 1000)
    end
end
return 1
