-- wrk ... -s mixed.lua URL -- PATH HEADERS BODY [PATH HEADERS BODY ...]
--
-- Posts the given requests in turn.

local requests = {}
local sent = 0


local function slurp(name)
    local f = assert(io.open(name, "rb"))
    local data = f:read("*a")
    f:close()
    return data
end


function init(args)
    for i = 1, #args, 3 do
        local headers = { Host = wrk.headers["Host"] }

        for line in slurp(args[i + 1]):gmatch("[^\n]+") do
            local name, value = line:match("^([^:]+): *(.*)$")
            headers[name] = value
        end

        requests[#requests + 1] =
            wrk.format("POST", args[i], headers, slurp(args[i + 2]))
    end
end


function request()
    sent = sent + 1
    return requests[sent % #requests + 1]
end


function done(summary)
    local e = summary.errors

    print(("BENCH requests=%d status=%d socket=%d wrong=0"):format(
          summary.requests, e.status,
          e.connect + e.read + e.write + e.timeout))
end
