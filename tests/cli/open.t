# A bundle of four entries, its reader's key (of this test only), and the key
# of the device that made it are in the folder open/ beside this file.
@file reader.key
# a test key
AGE-SECRET-KEY-1GVQ7NUMRL8GZZZTZ4TGTVWQUCGNW8E5S8960HS3EYPUKLXG2LZHQTPN6QV
@end
$ cp "$TESTDIR"/open/* .
$ bayaz open -i reader.key --key device.pub sealed.bayaz
bundle 7 of 2026-11-23
project: 0123456789abcdef
made by: KP-031, fingerprint YPFR-GWND-EHBB-HDOG-WKG3
signature: good, by the key given
4 entries
file              21  files/ad899f0257869defa888626156a458df256c9e7250b6821319a2632ed3606ed1
form              49  forms/f1e10159a17b09f254e91f188ff56dadcde80737cf65aabb099c861a26f7033c.xml  household
list               0  lists/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.csv
record            36  records/3cdd74db8674c78228bc1c0872d7f4fdfc959423549ac038f896dd540d17a804.xml  household
$ bayaz open --identity reader.key sealed.bayaz | grep signature
signature: good, by the key that the bundle itself names
$ bayaz open plain.tar.gz
bundle 7 of 2026-11-23
project: 0123456789abcdef
made by: KP-031, fingerprint FKAP-R7BQ-XPOU-B7XY-T5YX
signature: good, by the key that the bundle itself names
not encrypted: anybody can read it
4 entries
file              21  files/ad899f0257869defa888626156a458df256c9e7250b6821319a2632ed3606ed1
form              49  forms/f1e10159a17b09f254e91f188ff56dadcde80737cf65aabb099c861a26f7033c.xml  household
list               0  lists/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.csv
record            36  records/3cdd74db8674c78228bc1c0872d7f4fdfc959423549ac038f896dd540d17a804.xml  household
$ bayaz open --json plain.tar.gz
{"manifest":{"date":"2026-11-23","device":{"key":"RWRgumUJY/BCcgBu94+BTHxCrT5IRXdwdrB1wh86yuMxlP5QGB8TUzjG","name":"KP-031"},"entries":[{"kind":"file","name":"files/ad899f0257869defa888626156a458df256c9e7250b6821319a2632ed3606ed1","sha256":"ad899f0257869defa888626156a458df256c9e7250b6821319a2632ed3606ed1","size":21},{"files":[],"form":"household","kind":"form","name":"forms/f1e10159a17b09f254e91f188ff56dadcde80737cf65aabb099c861a26f7033c.xml","sha256":"f1e10159a17b09f254e91f188ff56dadcde80737cf65aabb099c861a26f7033c","size":49,"version":"3"},{"kind":"list","label":"villages","name":"lists/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.csv","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0},{"class":"standard","files":[{"name":"photo.jpg","sha256":"ad899f0257869defa888626156a458df256c9e7250b6821319a2632ed3606ed1"}],"finished":"2026-11-22T10:00:00+05:00","form":"household","instance":"uuid:5e0f2a36-1d7c-4bd4-8f5e-0c6a4b0f8a11","kind":"record","name":"records/3cdd74db8674c78228bc1c0872d7f4fdfc959423549ac038f896dd540d17a804.xml","priors":[],"sha256":"3cdd74db8674c78228bc1c0872d7f4fdfc959423549ac038f896dd540d17a804","size":36,"version":"3"}],"format":"bayaz-bundle","kind":"up","project":"0123456789abcdef","sequence":7,"training":false,"version":1},"manifest_sha256":"f096bf58c2a4a7c757cb011bb98ffd19e247b8d9ad5b40b73d796237d4379670","sealed":false,"signature":{"checked_against":"manifest","fingerprint":"FKAP-R7BQ-XPOU-B7XY-T5YX"}}

# The key itself will do, and another one will not.
$ bayaz open -i reader.key --key "$(tail -n 1 device.pub)" sealed.bayaz | wc -l
9
$ bayaz open --key device.pub plain.tar.gz
bayaz: plain.tar.gz: the signature was made with another key
[1]
$ bayaz open --key reader.key plain.tar.gz
bayaz: reader.key: this is no minisign public key
[1]

# Without the right key.
@file other.key
AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0
@end
$ bayaz open -i other.key sealed.bayaz
bayaz: sealed.bayaz: none of the keys opens this file
[1]
$ bayaz open -i device.pub sealed.bayaz
bayaz: device.pub:1: this is no key that begins with 'AGE-SECRET-KEY-1', or it was mistyped
[1]

# Who carries it holds no key, and still learns what to compare with whom it
# goes to, and that it was cut short.
$ bayaz open sealed.bayaz > said; cat said; wc -c < sealed.bayaz
sealed for others: 1 key opens it, and none here
size: 1352 bytes
SHA-256: {{[0-9a-f]+}}
as far as can be told without a key, it is whole
1352
$ grep -o '[0-9a-f]\{64\}' said | sed 's/$/  sealed.bayaz/' | sha256sum -c
sealed.bayaz: OK
$ bayaz open sealed.bayaz --json
{"keys":1,"opened":false,"sha256":"{{[0-9a-f]+}}","size":1352,"whole":true}
$ for n in 100 180 500 900 1351; do head -c $n sealed.bayaz > cut.bayaz; bayaz open cut.bayaz > said; done
bayaz: cut.bayaz: the header of this age file is damaged
bayaz: cut.bayaz: this age file is damaged or cut short
bayaz: cut.bayaz: no bundle of bayaz has this size: it was cut short on its way
bayaz: cut.bayaz: no bundle of bayaz has this size: it was cut short on its way
bayaz: cut.bayaz: no bundle of bayaz has this size: it was cut short on its way
[1]
$ bayaz open cut.bayaz --json 2> said
{"keys":1,"opened":false,"sha256":"{{[0-9a-f]+}}","size":1351,"whole":false}
[1]

# Cut short, lengthened, changed, or something else.
$ head -c 1000 sealed.bayaz > cut.bayaz
$ bayaz open -i reader.key cut.bayaz
bayaz: cut.bayaz: this age file is damaged or cut short
[1]
$ head -c 600 plain.tar.gz > cut.tar.gz
$ bayaz open cut.tar.gz
bayaz: cut.tar.gz: the compressed data is damaged or cut short
[1]
$ (cat plain.tar.gz; echo more) > long.tar.gz
$ bayaz open long.tar.gz
bayaz: long.tar.gz: something follows after the compressed data
[1]
$ sed 's/age-encryption/age-decryption/' sealed.bayaz > changed.bayaz
$ bayaz open -i reader.key changed.bayaz
bayaz: changed.bayaz: this is no age file, or its text form is damaged
[1]
$ bayaz open reader.key
bayaz: reader.key: this is no age file, or its text form is damaged
[1]
$ bayaz open nothing.bayaz
bayaz: cannot open 'nothing.bayaz': No such file or directory
[1]
$ bayaz open .
bayaz: .: cannot read the bundle: Is a directory
[1]
$ bayaz open
bayaz: something is missing after 'open'
bayaz: try 'bayaz help open'
[2]

# A coordinator's keys open what laptops pack; the laptop's own do not.
@file water.xml
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml">
 <h:head><h:title>Water points</h:title>
  <model>
   <instance>
    <data id="water" version="1"><point/><meta><instanceID/></meta></data>
   </instance>
   <bind nodeset="/data/point" type="string"/>
  </model>
 </h:head>
 <h:body><input ref="/data/point"><label>Which point?</label></input></h:body>
</h:html>
@end
@file record.xml
<data id="water" version="1"><point>w1</point><meta>
<instanceID>uuid:00000001-1d7c-4bd4-8f5e-0c6a4b0f8a11</instanceID></meta></data>
@end
@file passphrase
lantern over the river
@end
$ bayaz -C centre project new Pilot --passphrase-file passphrase --recovery-file recovery > said
$ bayaz -C centre project kit -o kit.bayaz water.xml --words-file words --passphrase-file passphrase > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase --name KP-031 > said
$ bayaz -C laptop import record.xml > said && bayaz -C laptop pack -o up.bayaz > said
$ bayaz -C laptop open up.bayaz | tail -1
as far as can be told without a key, it is whole
$ bayaz -C centre open up.bayaz --passphrase-file passphrase | grep -c '^record'
1

# So does the recovery key on paper.
$ grep AGE-SECRET recovery > paper.key && bayaz open -i paper.key up.bayaz | grep -c '^record'
1
