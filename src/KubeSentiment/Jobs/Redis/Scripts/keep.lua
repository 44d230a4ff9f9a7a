-- A sign of life for a claim: consumer, id, priority, entry. Returns 0 when the claim is not the consumer's any more, or the job has ended.
local queue = key('queue', ARGV[3])
local pending = redis.call('EXISTS', queue) == 1 and redis.call('XPENDING', queue, GROUP, ARGV[4], ARGV[4], 1, ARGV[1])[1]
if not pending or not is_open(redis.call('HGET', key('job', ARGV[2]), 'state')) then
  return 0
end

redis.call('XCLAIM', queue, GROUP, ARGV[1], 0, ARGV[4], 'JUSTID')
return 1
