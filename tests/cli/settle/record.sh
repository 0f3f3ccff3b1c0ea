# NEW OLD ANSWERS: prints a record.
[ -n "$2" ] && old="<deprecatedID>uuid:$2</deprecatedID>"
printf '<data id="visit" version="1">%s<meta><instanceID>uuid:%s</instanceID>%s</meta></data>\n' "$3" "$1" "$old"
