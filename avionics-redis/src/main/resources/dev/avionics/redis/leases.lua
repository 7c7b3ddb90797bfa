-- Places. KEYS: the holders, a sorted set of ids by the end of their leases (in milliseconds).
-- ARGV: what to do (acquire, renew, release), id, duration in milliseconds, limit. Returns 1 or 0.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[1] == 'release' then
    return redis.call('ZREM', KEYS[1], ARGV[2])
end
if ARGV[1] == 'renew' then
    if not redis.call('ZSCORE', KEYS[1], ARGV[2]) then
        return 0
    end
elseif redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
    return 0
end
local duration = tonumber(ARGV[3])
redis.call('ZADD', KEYS[1], now + duration, ARGV[2])
if redis.call('PTTL', KEYS[1]) < duration + 1000 then
    redis.call('PEXPIRE', KEYS[1], duration + 1000)
end
return 1
