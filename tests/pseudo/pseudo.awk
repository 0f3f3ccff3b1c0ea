# Makes a pseudo-translation of a PO file as `msgcat --no-wrap` writes it: every
# text in brackets, longer than it was, in letters that no program writes by
# itself.  What is typed or read by programs stays, as in a real translation:
# directives, escapes, 'bayaz ...', --options, <elements>, functions(), WORDS in
# capitals, placeholders.  -v rtl=1: letters from right to left.
BEGIN {
	split("á ƀ ć ď é ƒ ǵ ĥ í ĵ ķ ĺ ɱ ń ó ṕ ɋ ŕ ś ť ú ṽ ŵ ẋ ý ź", latin, " ")
	split("ا ب چ د ع ف گ ح ی ج ک ل م ن و پ ق ر س ت ط ڤ ڭ خ ے ز", arabic, " ")
	small = "abcdefghijklmnopqrstuvwxyz"
	large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}

function kept(text) {
	if (match(text, /^\\./)) return RLENGTH
	if (match(text, /^%(%|([0-9]+[$])?[-+#0']*([0-9]+|[*])?([.]([0-9]+|[*])?)?(hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGaAcsSpnCm])/)) return RLENGTH
	if (match(text, /^'bayaz [a-z -]+[^']*'/)) return RLENGTH
	if (match(text, /^'[:-][^' ]*'/)) return RLENGTH
	if (match(text, /^--?[a-z][a-z-]*/)) return RLENGTH
	if (match(text, /^<[^> ]*>/)) return RLENGTH
	if (match(text, /^[{][^} ]*[}]/)) return RLENGTH
	if (match(text, /^[a-z-]+[(][)]/)) return RLENGTH
	if (match(text, /^(jr|odk|bayaz):[A-Za-z-]+/)) return RLENGTH
	if (match(text, /^[A-Z][A-Z]+[A-Za-z._-]*/)) return RLENGTH
	return 0
}

function letter(c,    i) {
	i = index(small, c)
	if (!i) i = index(large, c)
	return i ? (rtl ? arabic[i] : latin[i]) : c
}

# Between the quotes.
function pseudo(text,    out, n, letters, word) {
	out = ""; letters = 0; word = 0
	while (text != "") {
		n = word ? 0 : kept(text)
		if (substr(text, 1, 1) ~ /[\\%]/ && !n) n = kept(text)
		if (n) {
			out = out substr(text, 1, n)
			text = substr(text, n + 1)
			word = 0
			continue
		}
		word = substr(text, 1, 1) ~ /[A-Za-z]/
		letters += word
		out = out letter(substr(text, 1, 1))
		text = substr(text, 2)
	}
	for (n = 0; n < letters * 0.4; n++)
		out = out "·"
	return out
}

# Line breaks and blanks at both ends stay outside.
function bracketed(text,    start, end) {
	start = end = ""
	while (match(text, /^(\\n| )/)) {
		start = start substr(text, 1, RLENGTH)
		text = substr(text, RLENGTH + 1)
	}
	while (match(text, /(\\n| )$/)) {
		end = substr(text, RSTART) end
		text = substr(text, 1, RSTART - 1)
	}
	return start (text == "" ? "" : "⟦" pseudo(text) "⟧") end
}

function flush(    i, source) {
	if (!has_id) return
	printf "%s", head
	if (id == "") {		# the header stays
		printf "msgid \"\"\nmsgstr \"%s\"\n", string
	} else {
		printf "msgid \"%s\"\n", id
		if (plural != "") {
			printf "msgid_plural \"%s\"\n", plural
			printf "msgstr[0] \"%s\"\nmsgstr[1] \"%s\"\n", \
				bracketed(id), bracketed(plural)
		} else
			printf "msgstr \"%s\"\n", bracketed(id)
	}
	print ""
	head = id = plural = string = field = ""; has_id = 0
}

function unquoted(line) {
	sub(/^[^"]*"/, "", line)
	sub(/"$/, "", line)
	return line
}

/^$/ { flush(); head = ""; next }
/^#,/ { head = head $0 "\n"; next }
/^#/ { next }
/^msgctxt/ { head = head $0 "\n"; field = ""; next }
/^msgid_plural/ { plural = unquoted($0); field = "plural"; next }
/^msgid/ { id = unquoted($0); has_id = 1; field = "id"; next }
/^msgstr/ { string = unquoted($0); field = "string"; next }
/^"/ {
	if (field == "id") id = id unquoted($0)
	else if (field == "plural") plural = plural unquoted($0)
	else if (field == "string") string = string unquoted($0)
}
END { flush() }
