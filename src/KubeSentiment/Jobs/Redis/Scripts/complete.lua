-- Stores and counts a chunk's results: id, chunk, priority, entry, results, texts, those that failed, now. Returns the jobs that were ended, and whether it counted.
local id, chunk, priority, entry, results, texts, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[8])
local job = key('job', id)
local facts = redis.call('HMGET', job, 'state', 'chunks', 'next', 'total')
drop(priority, entry)
if not is_open(facts[1]) or redis.call('SETBIT', key('done', id), chunk, 1) == 1 then
  return {ended, 0}
end

-- It may stand in the queue a second time, where the sweep missed it.
local current = redis.call('HGET', key('open', id), chunk)
if current then
  drop(priority, current)
  redis.call('HDEL', key('open', id), chunk)
end

local ttl = redis.call('PTTL', job)
redis.call('PEXPIRE', key('done', id), ttl)
redis.call('SET', key('results', id, chunk), results, 'PX', ttl)
hold(id, priority, -texts, #results - redis.call('STRLEN', key('texts', id, chunk)) - texts * BYTES_OF_RESULT)
redis.call('UNLINK', key('texts', id, chunk))
redis.call('HINCRBY', job, 'failed', ARGV[7])
redis.call('HINCRBY', job, 'stored', #results)
if tonumber(facts[3]) < tonumber(facts[2]) then
  enqueue(id, priority, facts[3])
  redis.call('HINCRBY', job, 'next', 1)
end
if redis.call('HINCRBY', job, 'done', texts) >= tonumber(facts[4]) then
  finish(id, 'completed', '', now)
end

return {ended, 1}
