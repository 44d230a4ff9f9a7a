-- The next chunk: consumer, how long a claim may go without a sign, now, most attempts, the fields to return, joined by commas.
-- Returns the jobs that were ended, and {id, chunk, priority, entry, attempt, texts, fields} or false.
local consumer, idle, now, most_attempts = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local fields = {}
for field in string.gmatch(ARGV[5], '[^,]+') do
  table.insert(fields, field)
end

local function next_entry(queue)
  -- Those whose worker is not heard of come first: they have waited the longest.
  local silent = redis.call('XPENDING', queue, GROUP, 'IDLE', idle, '-', '+', 1)[1]
  if silent then
    local claimed = redis.call('XCLAIM', queue, GROUP, consumer, idle, silent[1])[1]
    if claimed then
      return claimed, silent[4] + 1
    end
  end
  local read = redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', 1, 'STREAMS', queue, '>')
  return read and read[1][2][1], 1
end

for _, priority in ipairs({'high', 'medium', 'low'}) do
  local queue = key('queue', priority)
  while redis.call('EXISTS', queue) == 1 do
    local entry, attempt = next_entry(queue)
    if not entry then
      break
    end

    local id, chunk = entry[2][2], entry[2][4]
    local job = key('job', id)
    local facts = redis.call('HMGET', job, 'state', 'created', 'timeout')
    if not is_open(facts[1]) or redis.call('GETBIT', key('done', id), chunk) == 1 then
      drop(priority, entry[1])
    elseif facts[2] + facts[3] <= now then
      finish(id, 'expired', '', now)
    elseif attempt > most_attempts then
      finish(id, 'failed', 'A part of its texts was begun ' .. most_attempts .. ' times, and each time the replica was not heard of again.', now)
    else
      local texts = redis.call('GET', key('texts', id, chunk))
      if texts then
        if facts[1] == 'pending' then
          redis.call('HSET', job, 'state', 'processing', 'started', now)
        end
        return {ended, {id, chunk, priority, entry[1], attempt, texts, redis.call('HMGET', job, unpack(fields))}}
      end
      finish(id, 'failed', 'Redis has lost texts of it.', now)
    end
  end
end

return {ended, false}
