# Puts directional isolates (U+2068 ... U+2069) around what printf inserts, and
# around what is typed (options, commands in quotes) and dates and places, in the
# translations of a PO file as `msgcat --no-wrap` writes it: a Latin name in an
# Urdu sentence stays where it belongs.  Translators do not type them.
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

# What stands in an isolate already needs none of its own.
function nested(text,    out, n, m) {
	out = ""
	while ((n = index(text, first)) > 0) {
		m = index(text, last)
		out = out isolated(substr(text, 1, n - 1)) \
			substr(text, n, m - n + length(last))
		text = substr(text, m + length(last))
	}
	return out isolated(text)
}

# The longest that begins earliest.
function literals(text,    out) {
	out = ""
	while (match(text, /[0-9]+°[0-9]+'[NS] [0-9]+°[0-9]+'[EW]|[0-9]+[.][0-9]+ [0-9]+[.][0-9]+|'(bayaz|:)[^']*'|[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9](T[0-9:+.]+)?|--[a-z][a-z-]*/)) {
		if (substr(text, RSTART, 1) == "'")
			out = out substr(text, 1, RSTART) first \
				substr(text, RSTART + 1, RLENGTH - 2) last "'"
		else
			out = out substr(text, 1, RSTART - 1) first \
				substr(text, RSTART, RLENGTH) last
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}

/^$/ { format = 0 }
/^#,/ { format = $0 ~ /[ ,]c-format/ }
/^msg(id|ctxt)/ { translated = 0 }
/^msgstr/ { translated = 1 }
translated && /^(msgstr|")/ {
	line = literals($0)
	if (format) line = nested(line)
	print line
	next
}
{ print }
