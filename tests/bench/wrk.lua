-- wrk script: POSTs the records of a file made by bodies.php, each once, and prints one line of figures.
-- Arguments: file, record size, first record, records per thread, good|bad signature. Without any: plain GET.
local threads = 0
function setup(thread)
	thread:set("index", threads)
	threads = threads + 1
end

local bodies, size, head, bad, left
local SIGNATURE = 64
local get

function init(args)
	wrk.headers["Host"] = wrk.headers["Host"] or (wrk.host .. ":" .. wrk.port)
	if #args == 0 then
		get = wrk.format("GET")
		return
	end
	size, left = tonumber(args[2]), tonumber(args[4])
	bad = args[5] == "bad" and string.rep("0", SIGNATURE) or nil
	bodies = assert(io.open(args[1], "rb"))
	bodies:setvbuf("full", 1024 * size)
	bodies:seek("set", (tonumber(args[3]) + index * left) * size)
	local lines = { "POST " .. wrk.path .. " HTTP/1.1" }
	for name, value in pairs(wrk.headers) do lines[#lines + 1] = name .. ": " .. value end
	lines[#lines + 1] = "Content-Type: application/json"
	-- A record is the signature, an empty line and the body.
	lines[#lines + 1] = "Content-Length: " .. (size - SIGNATURE - 4)
	lines[#lines + 1] = "X-Hub-Signature-256: sha256="
	head = table.concat(lines, "\r\n")
end

function request()
	if get then return get end
	left = left - 1
	assert(left >= 0, "no body left: each is sent once")
	local record = bodies:read(size)
	if bad then record = bad .. record:sub(SIGNATURE + 1) end
	return head .. record
end

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("figures %d %d %d %d %.1f %.1f\n", summary.requests, summary.duration, e.status,
		e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
