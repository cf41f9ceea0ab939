"""The arithmetic of `redoubt.services.limits.tally` once more, in the language that Redis runs (Lua 5.1): a job is one step of Redis.

Numbers are doubles there: whole up to 2**53, which is more than any count or time in milliseconds here.
Every script begins with ``ARGV``: epoch, time in milliseconds (empty: Redis's own), holder, and then for each counter in ``KEYS[2...]``
five numbers: manner, amount, length in milliseconds, burst, units; and one more of its own: shadow, or the mark.
A counter is a hash: slice or day or month -> count; ``level`` and ``at``; holder -> until when.
"""

FIELDS = 6
"""Of each counter in ``ARGV``, after the first three."""
MANNERS = {"sliding": 1, "day": 2, "month": 3, "bucket": 4, "places": 5}

_COMMON = """
local SLICES, LEASE, DAY = 20, 60000, 86400000
local known = redis.call('HGET', KEYS[1], 'id')
if known ~= ARGV[1] then return {'epoch'} end
local lost = tonumber(redis.call('HGET', KEYS[1], 'lost') or '-1')
local now = tonumber(ARGV[2])
if not now then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local holder = ARGV[3]

local function text(x) return string.format('%.0f', x) end
local function up(a, b) return math.ceil(a / b) end
local function div(a, b) return math.floor(a / b) end

-- Months: years begin in March, so that leap days come last.
local function month_of(ms)
  local day = div(ms, DAY) + 719468
  local era = div(day, 146097)
  local of_era = day - era * 146097
  local year = div(of_era - div(of_era, 1460) + div(of_era, 36524) - div(of_era, 146096), 365)
  local of_year = of_era - (365 * year + div(year, 4) - div(year, 100))
  return (era * 400 + year) * 12 + div(5 * of_year + 2, 153) + 2
end
local function month_begins(number)
  local years = div(number - 2, 12)
  local march = number - 2 - years * 12
  local era = div(years, 400)
  local year = years - era * 400
  local days = era * 146097 + 365 * year + div(year, 4) - div(year, 100) + div(153 * march + 2, 5)
  return (days - 719468) * DAY
end

local function counter(i)
  local at = 3 + (i - 1) * 6
  return { key = KEYS[i + 1], manner = tonumber(ARGV[at + 1]), amount = tonumber(ARGV[at + 2]),
    length = tonumber(ARGV[at + 3]), burst = tonumber(ARGV[at + 4]), units = tonumber(ARGV[at + 5]),
    last = tonumber(ARGV[at + 6]) }
end

local function part(c, ms)
  if c.manner == 3 then return month_of(ms) end
  if c.manner == 2 then return div(ms, DAY) end
  return div(ms, c.length / SLICES)
end
local function begins(c, number)
  if c.manner == 3 then return month_begins(number) end
  if c.manner == 2 then return number * DAY end
  return number * (c.length / SLICES)
end
local function earlier(c) return c.manner == 1 and SLICES or 0 end
local function leaves(c, number) return begins(c, number + earlier(c) + 1) end

local function store_level(c)
  redis.call('HSET', c.key, 'level', text(c.level), 'at', text(now))
  redis.call('PEXPIRE', c.key, text(up(c.level, c.amount) + 1000))
end

-- Brings a counter to the present. What Redis has lost is taken to have been full when it was lost.
local function advance(c)
  local flat = redis.call('HGETALL', c.key)
  local gone = #flat == 0 and lost >= 0
  if c.manner == 5 then
    c.holders, c.crowd = {}, 0
    for i = 1, #flat, 2 do
      local untill = math.min(tonumber(flat[i + 1]), now + LEASE)
      if untill > now then
        c.holders[flat[i]] = untill
        c.crowd = c.crowd + 1
      else
        redis.call('HDEL', c.key, flat[i])
      end
    end
    if lost >= 0 and now < lost + LEASE then c.crowd = math.max(c.crowd, c.amount) end
  elseif c.manner == 4 then
    local level, at = 0, now
    for i = 1, #flat, 2 do
      if flat[i] == 'level' then level = tonumber(flat[i + 1]) else at = tonumber(flat[i + 1]) end
    end
    if gone then level, at = c.burst * c.length, lost end
    c.level = math.max(0, level - c.amount * math.max(0, now - at))
    if at > now then store_level(c) end
  else
    local present = part(c, now)
    c.counts, c.used, c.newest = {}, 0, nil
    if gone and part(c, lost) >= present - earlier(c) then
      local then_ = text(math.min(part(c, lost), present))
      redis.call('HSET', c.key, then_, text(c.amount))
      redis.call('PEXPIRE', c.key, text(leaves(c, present) - now + 1000))
      flat = { then_, text(c.amount) }
    end
    for i = 1, #flat, 2 do
      local number, count = tonumber(flat[i]), tonumber(flat[i + 1])
      if number < present - earlier(c) then
        redis.call('HDEL', c.key, flat[i])
      else
        if number > present then
          redis.call('HDEL', c.key, flat[i])
          redis.call('HINCRBY', c.key, text(present), text(count))
          number = present
        end
        c.counts[number] = (c.counts[number] or 0) + count
        c.used = c.used + count
        c.newest = math.max(c.newest or number, number)
      end
    end
  end
end

-- Returns left, wait, reset.
local function weigh(c, units)
  if c.manner == 5 then
    local left = c.amount - c.crowd
    local wait = 0
    if units > c.amount then wait = -1 elseif units > left then wait = 1000 end
    return left, wait, 0
  end
  if c.manner == 4 then
    local room = c.burst * c.length - c.level
    local missing = units * c.length - room
    local wait = missing > 0 and up(missing, c.amount) or 0
    if units > c.burst then wait = -1 end
    return div(room, c.length), wait, up(c.level, c.amount)
  end
  local left = c.amount - c.used
  local reset = c.newest and (leaves(c, c.newest) - now) or 0
  if units <= left then return left, 0, reset end
  if units > c.amount then return left, -1, reset end
  local numbers = {}
  for number in pairs(c.counts) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  local freed = 0
  for _, number in ipairs(numbers) do
    freed = freed + c.counts[number]
    if freed >= units - left then return left, leaves(c, number) - now, reset end
  end
  return left, leaves(c, numbers[#numbers]) - now, reset
end

-- Adds to a part of time. A fresh key lives until its last part has left.
local function count(c, number, delta)
  local held = redis.call('HINCRBY', c.key, text(number), text(delta))
  if held <= 0 then redis.call('HDEL', c.key, text(number)) end
  redis.call('PEXPIRE', c.key, text(leaves(c, math.max(number, part(c, now))) - now + 1000))
end
"""

TAKE = (
    _COMMON
    + """
local n = #KEYS - 1
local all, found, over = {}, {}, {}
local refused, worst, never = 0, -1, false
for i = 1, n do
  local c = counter(i)
  advance(c)
  all[i] = c
  local left, wait, reset = weigh(c, c.units)
  found[i] = { left, wait, reset, 0 }
  if wait ~= 0 then
    if c.last == 1 then
      over[#over + 1] = i - 1
    elseif (wait < 0 and not never) or (not never and wait > worst) then
      refused, worst, never = i, wait, wait < 0
    end
  end
end
if refused > 0 then return { 'ok', refused - 1, over, found } end
for i = 1, n do
  local c = all[i]
  local mark = 0
  if c.manner == 5 then
    redis.call('HSET', c.key, holder, text(now + LEASE))
    redis.call('PEXPIRE', c.key, text(LEASE))
    c.crowd = c.crowd + 1
  elseif c.manner == 4 then
    c.level = c.level + c.units * c.length
    store_level(c)
    mark = now
  else
    mark = part(c, now)
    count(c, mark, c.units)
    c.counts[mark] = (c.counts[mark] or 0) + c.units
    c.used = c.used + c.units
    c.newest = math.max(c.newest or mark, mark)
  end
  local left, wait, reset = weigh(c, 0)
  found[i] = { left, wait, reset, mark }
end
return { 'ok', -1, over, found }
"""
)
"""Takes all or none. Returns refused draw, shadow draws over, and of each draw: left, wait, reset, mark."""

LOOK = (
    _COMMON
    + """
local found = {}
for i = 1, #KEYS - 1 do
  local c = counter(i)
  advance(c)
  local left, wait, reset = weigh(c, c.units)
  found[i] = { left, wait, reset, 0 }
end
return { 'ok', -1, {}, found }
"""
)
"""Reads counters."""

SETTLE = (
    _COMMON
    + """
for i = 1, #KEYS - 1 do
  local c = counter(i)
  advance(c)
  local delta, mark = c.units, c.last
  if c.manner == 5 then
    redis.call('HDEL', c.key, holder)
  elseif c.manner == 4 then
    if delta < 0 then
      c.level = math.max(0, c.level - math.max(0, -delta * c.length - c.amount * math.max(0, now - mark)))
    else
      c.level = c.level + delta * c.length
    end
    store_level(c)
  else
    local present = part(c, now)
    if delta > 0 and (mark < present - earlier(c) or mark > present) then mark = present end
    if delta > 0 or (c.counts[mark] and delta < 0) then
      count(c, mark, math.max(delta, -(c.counts[mark] or 0)))
    end
  end
end
return { 'ok', -1, {}, {} }
"""
)
"""Corrects counts by ``units`` (more or fewer) at the mark, and gives back the holder's places."""

KEEP = (
    _COMMON
    + """
for i = 1, #KEYS - 1 do
  local c = counter(i)
  advance(c)
  redis.call('HSET', c.key, holder, text(now + LEASE))
  redis.call('PEXPIRE', c.key, text(LEASE))
end
return { 'ok', -1, {}, {} }
"""
)
"""Renews the holder's places."""

EPOCH = """
local known = redis.call('HGET', KEYS[1], 'id')
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
if ARGV[3] ~= '' then now = tonumber(ARGV[3]) end
if not known then
  redis.call('HSET', KEYS[1], 'id', ARGV[1])
  known = ARGV[1]
end
if ARGV[2] ~= '' and ARGV[2] ~= known then
  redis.call('HSETNX', KEYS[1], 'lost', string.format('%.0f', now))
end
return known
"""
"""Begins an epoch where there is none and returns it. Who knew another one (``ARGV[2]``) has seen Redis lose its counters and says when."""
