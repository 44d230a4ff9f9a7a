-- Gives a claim back: consumer, priority, entry, an idle time at which anybody may take it. It does not count as an attempt.
local queue = key('queue', ARGV[2])
if redis.call('EXISTS', queue) == 1 and redis.call('XPENDING', queue, GROUP, ARGV[3], ARGV[3], 1, ARGV[1])[1] then
  redis.call('XCLAIM', queue, GROUP, ARGV[1], 0, ARGV[3], 'IDLE', ARGV[4], 'RETRYCOUNT', 0, 'JUSTID')
end
return 1
