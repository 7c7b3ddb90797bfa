-- A bucket. KEYS: the bucket, a hash of its level, the time of that level (in microseconds), and its rate then.
-- ARGV: what to do (take, debit, give), capacity, refill, period in microseconds, amount.
-- Returns whether the amount was taken, the microseconds until it would be there, and the level.
local capacity, refill, period, amount = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local state = redis.call('HMGET', KEYS[1], 'level', 'at', 'capacity', 'refill', 'period')
local level = capacity
if state[1] then
    -- Refilled as it was until now. The clock may have been set back.
    local passed = math.max(0, now - tonumber(state[2]))
    level = math.min(tonumber(state[3]), tonumber(state[1]) + passed * tonumber(state[4]) / tonumber(state[5]))
    level = math.min(capacity, level)
end

local taken, wait = 0, 0
if ARGV[1] == 'give' then
    level = math.min(capacity, level + amount)
elseif ARGV[1] == 'debit' then
    level = level - amount
elseif level + 0.000001 >= amount then
    -- The fraction makes up for rounding: after the wait that was told the amount is there.
    level = level - amount
    taken = 1
else
    wait = math.max(1, math.ceil((amount - level) * period / refill))
end

redis.call('HSET', KEYS[1], 'level', string.format('%.17g', level), 'at', string.format('%.0f', now),
    'capacity', ARGV[2], 'refill', ARGV[3], 'period', ARGV[4])
-- One that is full again is as one that was never used. The margin covers rounding.
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((capacity - level) * period / refill / 1000) + 1000))
return {taken, wait, math.max(0, math.floor(level + 0.000001))}
