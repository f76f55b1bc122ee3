-- Telegram updates, no two alike, from one of 20 000 persons each. Arguments: first update id.
local number
local text = "Cháu ơi bác làm đến bước hai rồi mà chưa thấy nút đồng ý, giờ bấm vào đâu?"
local head = {
  ["Content-Type"] = "application/json",
  ["X-Telegram-Bot-Api-Secret-Token"] = "bench-secret",
}

function init(args)
  number = tonumber(args[1] or "1")
end

function request()
  number = number + 1
  local person = 100000 + number % 20000
  local body = string.format(
    '{"update_id":%d,"message":{"message_id":%d,"date":1790000000,' ..
    '"chat":{"id":%d,"type":"private","first_name":"Lan"},' ..
    '"from":{"id":%d,"is_bot":false,"first_name":"Lan","language_code":"vi"},"text":"%s"}}',
    number, number % 100000 + 1, person, person, text)
  return wrk.format("POST", nil, head, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
