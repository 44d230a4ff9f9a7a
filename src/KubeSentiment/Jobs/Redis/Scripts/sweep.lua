-- Looks after everything: now, how long a consumer without work is kept. Returns the jobs that were ended.
local now = tonumber(ARGV[1])

-- 1. Overdue: expired, or never opened.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', ACTIVE, '-inf', now, 'LIMIT', 0, 100)) do
  if is_open(redis.call('HGET', key('job', id), 'state')) then
    finish(id, 'expired', '', now)
  else
    forget(id)
  end
end

-- 2. Kept for long enough.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEPT, '-inf', now, 'LIMIT', 0, 20)) do
  forget(id)
end

-- 3. Entries that Redis has lost, as by eviction of the whole queue, enter it again; a job without its hash is lost itself.
local open = {high = 0, medium = 0, low = 0}
local jobs = {}
for _, id in ipairs(redis.call('ZRANGE', ACTIVE, 0, -1)) do
  local facts = redis.call('HMGET', key('job', id), 'state', 'priority', 'chunks', 'next')
  if not facts[1] then
    forget(id)
  elseif is_open(facts[1]) then
    local entries = redis.call('HLEN', key('open', id))
    open[facts[2]] = open[facts[2]] + entries
    table.insert(jobs, {id, facts[2], tonumber(facts[4]), entries})
  end
end
for _, job in ipairs(jobs) do
  local id, priority, first_outside, entries = unpack(job)
  if entries == 0 or redis.call('XLEN', key('queue', priority)) < open[priority] then
    for chunk = 0, first_outside - 1 do
      if redis.call('GETBIT', key('done', id), chunk) == 0 then
        local entry = redis.call('HGET', key('open', id), chunk)
        if not entry or #redis.call('XRANGE', key('queue', priority), entry, entry) == 0 then
          enqueue(id, priority, chunk)
        end
      end
    end
  end
end

-- 4. Consumers of replicas that are long gone.
for _, priority in ipairs({'high', 'medium', 'low'}) do
  local queue = key('queue', priority)
  if redis.call('EXISTS', queue) == 1 then
    for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', queue, GROUP)) do
      if consumer[4] == 0 and consumer[6] > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', queue, GROUP, consumer[2])
      end
    end
  end
end

return ended
