-- wrk ... -s wrk.lua URL -- HEADERS BODY [EXPECTED]
--
-- Posts one request, or gets one if the file of the body is empty, over and
-- over and prints one line of figures.  With
-- EXPECTED, a file, every response is compared with it: slower, so that is
-- done apart from the measurement.

local expected
local wrong = 0
local threads = {}


local function slurp(name)
    local f = assert(io.open(name, "rb"))
    local data = f:read("*a")
    f:close()
    return data
end


function setup(thread)
    table.insert(threads, thread)
end


local function compare(status, headers, body)
    if status ~= 200 or body ~= expected then
        wrong = wrong + 1
        wrk.thread:set("wrong", wrong)
    end
end


function init(args)
    for line in slurp(args[1]):gmatch("[^\n]+") do
        local name, value = line:match("^([^:]+): *(.*)$")
        wrk.headers[name] = value
    end

    local body = slurp(args[2])

    if body ~= "" then
        wrk.method = "POST"
        wrk.body = body
    end

    if args[3] then
        expected = slurp(args[3])
    end
end


if os.getenv("BENCH_COMPARE") then
    response = compare
end


function done(summary, latency, requests)
    local e = summary.errors
    local bad = 0

    for _, thread in ipairs(threads) do
        bad = bad + (thread:get("wrong") or 0)
    end

    print(("BENCH requests=%d us=%d bytes=%d status=%d socket=%d wrong=%d"
           .. " p50=%d p99=%d"):format(
          summary.requests, summary.duration, summary.bytes, e.status,
          e.connect + e.read + e.write + e.timeout, bad,
          latency:percentile(50), latency:percentile(99)))
end
