-- wrk script: one send request, again and again; prints one line of figures.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer EAASIMULATOR0TOKEN"
wrk.body = '{"to":"+4915100000000","biz_opaque_callback_data":"01ARZ3NDEKTSV4RRFFQ69G5FAV","messaging_product":"whatsapp","recipient_type":"individual","type":"template","template":{"name":"autumn_offer","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ada"},{"type":"text","text":"20 %"}]}]}}'

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("figures %d %d %d %d\n", summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout))
end
