# LAPTOP BUNDLE NEW OLD ANSWERS: a laptop makes a record (NEW and OLD are its
# instanceID and deprecatedID), packs it, and the bundle is merged into a.db.
here=$(dirname "$0")
sh "$here"/record.sh "$3" "$4" "$5" > record.xml
bayaz -C laptop$1 import record.xml > out.txt && bayaz -C laptop$1 pack -o $2 > out.txt
bayaz merge $2 --store a.db --accept-new > out.txt 2>&1 || cat out.txt
