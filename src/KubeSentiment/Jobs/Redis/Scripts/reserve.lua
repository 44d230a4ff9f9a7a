-- Makes room for a job: id, priority, texts, texts a chunk, chunks, bytes, now, timeout, retention, most jobs, most texts, most bytes, how long loading may take.
-- Nobody sees it before its texts are there. Returns the bound that is reached, or ''.
local id, priority, total, chunks, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[5], tonumber(ARGV[7])
local held = redis.call('HMGET', HELD, 'texts', 'bytes')
if redis.call('ZCARD', ACTIVE) >= tonumber(ARGV[10]) then
  return 'jobs'
end
if (held[1] or 0) + total > tonumber(ARGV[11]) then
  return 'texts'
end
if (held[2] or 0) + ARGV[6] > tonumber(ARGV[12]) then
  return 'bytes'
end

redis.call('HSET', key('job', id), 'state', 'loading', 'priority', priority, 'total', total, 'chunk_texts', ARGV[4], 'chunks', chunks, 'created', now,
  'timeout', ARGV[8], 'retention', ARGV[9], 'done', 0, 'failed', 0, 'stored', 0, 'next', 0)
redis.call('PEXPIRE', key('job', id), ARGV[8] + ARGV[9] + SLACK)
redis.call('ZADD', ACTIVE, now + ARGV[13], id)
hold(id, priority, total, ARGV[6])
return ''
