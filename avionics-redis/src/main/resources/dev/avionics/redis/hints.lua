-- Hints. KEYS: the topic, a hash of values by name, the end (in milliseconds) and a colon before each.
-- ARGV: what to do (publish, read), name, value, time to live in milliseconds, the most names.
-- Read returns names and values in turn.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function all(found)
    local fields = redis.call('HGETALL', KEYS[1])
    for n = 1, #fields, 2 do
        local stop = string.find(fields[n + 1], ':', 1, true)
        found(fields[n], tonumber(string.sub(fields[n + 1], 1, stop - 1)), string.sub(fields[n + 1], stop + 1))
    end
end

if ARGV[1] == 'read' then
    local reply = {}
    all(function(name, ends, value)
        if ends > now then
            reply[#reply + 1] = name
            reply[#reply + 1] = value
        end
    end)
    return reply
end

local ttl = tonumber(ARGV[4])
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', now + ttl) .. ':' .. ARGV[3])
if redis.call('PTTL', KEYS[1]) < ttl + 1000 then
    redis.call('PEXPIRE', KEYS[1], ttl + 1000)
end
local names = redis.call('HLEN', KEYS[1])
if names > tonumber(ARGV[5]) then
    local first, least
    all(function(name, ends)
        if ends <= now then
            redis.call('HDEL', KEYS[1], name)
            names = names - 1
        elseif not least or ends < least then
            first, least = name, ends
        end
    end)
    if names > tonumber(ARGV[5]) then
        redis.call('HDEL', KEYS[1], first)
    end
end
return {}
