-- Stands before each script. KEYS[1] begins all keys; its braces keep them in one slot of a Cluster, so that each step here is one.
--
--   job:ID                hash: what is known of a job
--   texts:ID:CHUNK        texts that wait
--   results:ID:CHUNK      results
--   done:ID               bitmap: chunks that are counted
--   open:ID               hash: chunk -> its entry in the queue. At most WINDOW chunks of a job stand in the queue: the next one enters when one is done.
--   queue:PRIORITY        stream of chunks, with the group 'workers'
--   active, kept          sorted sets: jobs that have not ended by deadline, ended ones by when they are forgotten
--   held                  hash: texts and bytes of all jobs, and of each, so that they can be given back exactly
--   swept                 when a replica last looked after all of this; no script reads it
--
-- Times are milliseconds by the caller's clock. Keys of jobs also have a TTL, for when no replica is left to sweep.

local GROUP = 'workers'
local WINDOW = 32
local BYTES_OF_JOB = 1024
local BYTES_OF_RESULT = 96
local SLACK = 300000

local HELD, ACTIVE, KEPT = KEYS[1] .. ':held', KEYS[1] .. ':active', KEYS[1] .. ':kept'

-- Jobs that this call ended, for the caller to tell: id, state, reason.
local ended = {}

local function key(kind, id, chunk)
  return KEYS[1] .. ':' .. kind .. ':' .. id .. (chunk and ':' .. chunk or '')
end

local function is_open(state)
  return state == 'pending' or state == 'processing'
end

local function hold(id, priority, texts, bytes)
  redis.call('HINCRBY', HELD, 'texts:' .. priority, texts)
  redis.call('HINCRBY', HELD, 'texts', texts)
  redis.call('HINCRBY', HELD, 'bytes', bytes)
  redis.call('HINCRBY', HELD, id .. ':texts', texts)
  redis.call('HINCRBY', HELD, id .. ':bytes', bytes)
  redis.call('HSET', HELD, id .. ':priority', priority)
end

local function release(id)
  local held = redis.call('HMGET', HELD, id .. ':priority', id .. ':texts', id .. ':bytes')
  if held[1] then
    -- Not by a minus sign: -0 is no number to Redis.
    hold(id, held[1], 0 - held[2], 0 - held[3])
    redis.call('HDEL', HELD, id .. ':priority', id .. ':texts', id .. ':bytes')
  end
end

local function drop(priority, entry)
  redis.call('XACK', key('queue', priority), GROUP, entry)
  redis.call('XDEL', key('queue', priority), entry)
end

local function enqueue(id, priority, chunk)
  local queue = key('queue', priority)
  if redis.call('EXISTS', queue) == 0 then
    redis.call('XGROUP', 'CREATE', queue, GROUP, '0', 'MKSTREAM')
  end
  redis.call('HSET', key('open', id), chunk, redis.call('XADD', queue, '*', 'job', id, 'chunk', chunk))
end

local function drop_waiting(id, priority, chunks)
  local open = redis.call('HVALS', key('open', id))
  for _, entry in ipairs(open) do
    drop(priority, entry)
  end
  redis.call('UNLINK', key('open', id))
  for chunk = 0, chunks - 1 do
    redis.call('UNLINK', key('texts', id, chunk))
  end
end

local function finish(id, state, reason, now)
  local job = key('job', id)
  local facts = redis.call('HMGET', job, 'priority', 'chunks', 'retention', 'stored')
  local kept_until = now + facts[3]
  if state == 'completed' then
    redis.call('UNLINK', key('open', id))
  else
    drop_waiting(id, facts[1], facts[2])
  end
  release(id)
  hold(id, facts[1], 0, BYTES_OF_JOB + facts[4])
  redis.call('HSET', job, 'state', state, 'reason', reason, 'finished', now, 'until', kept_until)
  redis.call('PEXPIRE', job, facts[3] + SLACK)
  redis.call('ZREM', ACTIVE, id)
  redis.call('ZADD', KEPT, kept_until, id)
  table.insert(ended, {id, state, reason})
end

-- Forgets a job. Of one whose hash is gone the other keys are not known; they go by their TTL.
local function forget(id)
  local facts = redis.call('HMGET', key('job', id), 'priority', 'chunks')
  if facts[1] then
    drop_waiting(id, facts[1], facts[2])
    for chunk = 0, facts[2] - 1 do
      redis.call('UNLINK', key('results', id, chunk))
    end
  end
  redis.call('UNLINK', key('job', id), key('open', id), key('done', id))
  release(id)
  redis.call('ZREM', ACTIVE, id)
  redis.call('ZREM', KEPT, id)
end
