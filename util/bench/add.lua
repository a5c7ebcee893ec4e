-- The tool "add" as one would write it without the module: no checks at all.

local cjson = require "cjson.safe"

ngx.req.read_body()

local request = cjson.decode(ngx.req.get_body_data())
local arguments = request.params.arguments
local sum = { sum = arguments.a + arguments.b }

local result = {
    content = { { type = "text", text = cjson.encode(sum) } },
    structuredContent = sum,
}

if ngx.var.bench_era == "modern" then
    result.resultType = "complete"
    result._meta = {
        ["io.modelcontextprotocol/serverInfo"] = {
            name = "bench", version = "1.0.0"
        }
    }
end

local body = cjson.encode({
    jsonrpc = "2.0", id = request.id, result = result
})

ngx.header["Content-Type"] = "application/json"
ngx.header["Content-Length"] = #body
ngx.print(body)
