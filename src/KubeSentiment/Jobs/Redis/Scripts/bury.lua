-- Writes down that Redis has lost a job that a replica remembers: id, priority, texts, texts a chunk, chunks, created, timeout, retention, reason, now.
-- Returns the jobs that were ended: none where another replica was first, or the job is there after all.
local id = ARGV[1]
local job = key('job', id)
if redis.call('EXISTS', job) == 0 then
  release(id)
  redis.call('HSET', job, 'state', 'pending', 'priority', ARGV[2], 'total', ARGV[3], 'chunk_texts', ARGV[4], 'chunks', ARGV[5], 'created', ARGV[6],
    'timeout', ARGV[7], 'retention', ARGV[8], 'done', 0, 'failed', 0, 'stored', 0, 'next', 0)
  finish(id, 'failed', ARGV[9], tonumber(ARGV[10]))
end
return ended
