# Puts directional isolates (U+2068 ... U+2069) around what printf inserts, in
# the translations of a PO file as `msgcat --no-wrap` writes it: a Latin name in
# an Urdu sentence stays where it belongs.  Translators do not type them.
BEGIN { first = "\342\201\250"; last = "\342\201\251" }

function isolated(text,    out, n) {
	out = ""
	while (match(text, /%(%|([0-9]+[$])?[-+#0']*([0-9]+|[*])?([.]([0-9]+|[*])?)?(hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGaAcsSpnCm])/)) {
		n = substr(text, RSTART, RLENGTH)
		out = out substr(text, 1, RSTART - 1) \
			(n == "%%" ? n : first n last)
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}

/^$/ { format = 0 }
/^#,/ { format = $0 ~ /[ ,]c-format/ }
/^msg(id|ctxt)/ { translated = 0 }
/^msgstr/ { translated = 1 }
format && translated && /^(msgstr|")/ { print isolated($0); next }
{ print }
