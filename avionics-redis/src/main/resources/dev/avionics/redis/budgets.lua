-- Accounts. KEYS: three of each account: a hash of what is spent and reserved, and two sorted sets of reservations
-- ("id|amount"): those held, by their end, and those whose time was over, by when they are forgotten (in milliseconds).
-- For add, one more: the mark that an id was added.
-- ARGV: what to do (reserve, settle, release, add, balance), id, amount reserved, amount spent, duration of the lease,
-- how long a late settlement counts, then for each account its limit and when it is forgotten. Times in milliseconds.
-- Returns a status, then: reserve and balance: spent and reserved of each account (1), or the number of the account that
-- refuses with its spent and reserved (0); all: the number of an account that is over and the time (-1).
local what, id, reserved, spent, duration, late = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local accounts = (#ARGV - 6) / 2
local member = id .. '|' .. reserved
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function limit(i) return tonumber(ARGV[5 + 2 * i]) end
local function forgotten(i) return ARGV[6 + 2 * i] end
local function key(i, n) return KEYS[3 * (i - 1) + n] end

local function take(i, amount)
    if amount ~= '0' then
        redis.call('HINCRBY', key(i, 1), 'reserved', '-' .. amount)
    end
end

local function balance(i)
    local both = redis.call('HMGET', key(i, 1), 'spent', 'reserved')
    return tonumber(both[1] or '0'), tonumber(both[2] or '0')
end

-- Everything of an account is forgotten at the same time.
local function keep(i)
    for n = 1, 3 do
        redis.call('PEXPIREAT', key(i, n), forgotten(i))
    end
end

-- What is over is free again, but remembered: its owner may only have been slow.
local function tidy(i)
    local over = redis.call('ZRANGEBYSCORE', key(i, 2), '-inf', now, 'WITHSCORES')
    for n = 1, #over, 2 do
        take(i, string.match(over[n], '|(%d+)$'))
        redis.call('ZREM', key(i, 2), over[n])
        redis.call('ZADD', key(i, 3), tonumber(over[n + 1]) + late, over[n])
    end
    redis.call('ZREMRANGEBYSCORE', key(i, 3), '-inf', now)
end

if what == 'reserve' or what == 'add' or what == 'balance' then
    for i = 1, accounts do
        if tonumber(forgotten(i)) <= now then
            return {-1, i, now}
        end
    end
end
for i = 1, accounts do
    tidy(i)
end

if what == 'reserve' then
    for i = 1, accounts do
        local gone, held = balance(i)
        if limit(i) - gone - held < tonumber(reserved) then
            return {0, i, gone, held}
        end
    end
    local reply = {1}
    for i = 1, accounts do
        redis.call('ZADD', key(i, 2), now + duration, member)
        redis.call('HINCRBY', key(i, 1), 'reserved', reserved)
        keep(i)
        local gone, held = balance(i)
        reply[#reply + 1] = gone
        reply[#reply + 1] = held
    end
    return reply
end

if what == 'balance' then
    local reply = {1}
    for i = 1, accounts do
        keep(i)
        local gone, held = balance(i)
        reply[#reply + 1] = gone
        reply[#reply + 1] = held
    end
    return reply
end

if what == 'add' then
    if not redis.call('SET', KEYS[#KEYS], '1', 'NX', 'PX', late) then
        return {0}
    end
    for i = 1, accounts do
        redis.call('HINCRBY', key(i, 1), 'spent', spent)
        keep(i)
    end
    return {1}
end

-- Settled or released: whoever takes the reservation away is the one who counts.
local status = 0
for i = 1, accounts do
    local held = redis.call('ZREM', key(i, 2), member) == 1
    if held then
        take(i, reserved)
    end
    if held or redis.call('ZREM', key(i, 3), member) == 1 then
        redis.call('HINCRBY', key(i, 1), 'spent', spent)
        status = 1
    end
    keep(i)
end
return {status}
