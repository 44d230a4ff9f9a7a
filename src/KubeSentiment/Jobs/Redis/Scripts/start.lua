-- Opens a job whose texts are there: id. Returns 0 when Redis has lost it since.
local id = ARGV[1]
local job = key('job', id)
local facts = redis.call('HMGET', job, 'state', 'priority', 'chunks', 'created', 'timeout')
if facts[1] ~= 'loading' then
  return 0
end

local first = math.min(WINDOW, tonumber(facts[3]))
redis.call('HSET', job, 'state', 'pending', 'next', first)
redis.call('ZADD', ACTIVE, facts[4] + facts[5], id)
for chunk = 0, first - 1 do
  enqueue(id, facts[2], chunk)
end
redis.call('PEXPIRE', key('open', id), redis.call('PTTL', job))
return 1
