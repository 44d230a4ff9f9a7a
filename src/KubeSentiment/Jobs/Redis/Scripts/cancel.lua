-- Calls a job off: id, now. Returns the jobs that were ended.
if is_open(redis.call('HGET', key('job', ARGV[1]), 'state')) then
  finish(ARGV[1], 'cancelled', '', tonumber(ARGV[2]))
end
return ended
