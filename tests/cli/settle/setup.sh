# A coordinator, and two laptops that nobody has accepted.
here=$(dirname "$0")
bayaz project new Pilot --no-passphrase --recovery-file recovery > out.txt 2>&1
bayaz project kit -o kit.bayaz --form "$here"/form.xml --words-file words > out.txt
for n in 1 2; do
  bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase --name KP-00$n > out.txt
done
