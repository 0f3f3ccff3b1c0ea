# Rules that a coordinator declares look at each merge.
@require sqlite3
$ sh "$TESTDIR"/settle/setup.sh
$ rec() { sh "$TESTDIR"/settle/record.sh "$@"; }
$ for i in $(seq 10 33); do rec r$i '' "<depth>$((i % 3 + 8))</depth><note>Well $i</note><child><name>N$i</name><age>$((i % 4 + 5))</age></child>" > r$i.xml; done
$ rec deep '' '<depth>900</depth><note>ك Well, no. ۱۰</note><child><name>Old</name><age>7</age></child><child><name>Older</name><age>119</age></child>' > deep.xml
$ bayaz -C laptop1 import r*.xml > out.txt && bayaz -C laptop1 pack -o 1.bayaz > out.txt
$ bayaz -C laptop2 import deep.xml > out.txt && bayaz -C laptop2 pack -o 2.bayaz > out.txt
$ bayaz merge 1.bayaz --store a.db --accept-new > out.txt 2>&1
$ bayaz findings --store a.db
there are no rules: 'bayaz findings --rules FILE' declares them
$ bayaz findings
bayaz: say which store with --store DB
...
[2]

# What is wrong with a file of rules is told by its line.
$ rules() { cat > rules.txt; bayaz findings --rules rules.txt --store a.db; }
$ rules <<'END'
> form visit
> unusual depths depth
> END
bayaz: rules.txt:2: 'unusual' is no kind of rule: outlier, missing, duplicate or constraints
[1]
$ echo 'outlier depths depth' | rules
bayaz: rules.txt:1: say which form this is about: form ID
[1]
$ printf 'form visit\noutlier depths depth factor much\n' | rules
bayaz: rules.txt:2: 'much' is no factor: a number above 0, as 3 or 1.5
[1]
$ printf 'form visit\nmissing n note most 10\n' | rules
bayaz: rules.txt:2: '10' is no share: write it as 10%
[1]
$ printf 'form visit\nduplicate n note:sound\n' | rules
bayaz: rules.txt:2: 'sound' is no way to compare: exact, text, name or number
[1]
$ printf 'form visit\nduplicate n\n' | rules
bayaz: rules.txt:2: the name of a column is missing here
[1]
$ printf 'form visit\nmissing n note where x\n' | rules
bayaz: rules.txt:2: 'x' is no condition: write it as COLUMN=VALUE
[1]
$ printf 'form visit\nconstraints c\nconstraints c\n' | rules
bayaz: rules.txt:3: there is a rule 'c' of this form already
[1]
$ printf 'form visit\noutlier c depth most 3%%\n' | rules
bayaz: rules.txt:2: 'most' is not known here
[1]
$ head -c 70000 /dev/zero | tr '\0' '#' | rules
bayaz: {{.*}}
[1]
$ printf 'form visit\nconstraints \303\n' | rules
bayaz: rules.txt: this is no UTF-8 text
[1]

# Rules that cannot run say why; the others run.
$ rules <<'END'
> # what we look for
> form visit
> outlier     depths   depth            # far from the others
> outlier     ages     child.age factor 2
> missing     lows     low most 50%
> missing     by-depth high by depth most 99%
> duplicate   wells    note
> constraints "as of now"
> outlier     none     width
> outlier     words    note
> form other
> constraints other
> END
visit, rule 'lows': too many answers are missing
  100% in all
visit, rule 'none' does not run: form 'visit' has no column 'width'
visit, rule 'words' does not run: column 'note' holds no numbers
other, rule 'other' does not run: there is no form 'other' in 'a.db'
'bayaz review' says what a person found, 'bayaz link' that two records are one
$ bayaz merge 2.bayaz --store a.db --accept-new | grep findings
findings of the rules to look at: 3
$ bayaz status --store a.db | grep findings
3 findings of the rules ('bayaz findings')
$ bayaz findings --store a.db | grep -v 'does not run'
visit, rule 'ages': unusual answers
  uuid:deep, entry 2
visit, rule 'depths': unusual answers
  uuid:deep
visit, rule 'lows': too many answers are missing
  100% in all
'bayaz review' says what a person found, 'bayaz link' that two records are one

# A rebuild finds the same; so does a store that got the bundles in another order.
$ bayaz store dump --store a.db > one
$ grep -c '"line":"finding"' one
3
$ bayaz store rebuild --store a.db && bayaz store dump --store a.db | cmp - one
$ bayaz merge 2.bayaz --store b.db --accept-new > out.txt 2>&1
$ bayaz findings --rules rules.txt --store b.db | head -1
visit, rule 'none' does not run: form 'visit' has no column 'width'
$ bayaz merge 1.bayaz --store b.db --accept-new > out.txt 2>&1
$ bayaz store dump --store b.db | cmp - one

# The same well under two names; the name is compared as it is heard.
$ printf 'form visit\nduplicate wells note\nduplicate heard note:name\n' > rules.txt
$ bayaz findings --rules rules.txt --store a.db
the rules found nothing
$ rec same '' '<note>ک well, No: 10 -</note>' > same.xml
$ rec m1 '' '<note>Mohammad Hussain</note>' > m1.xml; rec m2 '' '<note>محمد حسین</note>' > m2.xml; rec m3 '' '<note>Mohd. Hussein</note>' > m3.xml
$ bayaz -C laptop2 import same.xml m1.xml m2.xml m3.xml > out.txt && bayaz -C laptop2 pack -o 3.bayaz > out.txt
$ bayaz merge 3.bayaz --store a.db > out.txt
$ bayaz findings --store a.db
visit, rule 'heard': these may be the same
  uuid:deep uuid:same
  uuid:m1 uuid:m2 uuid:m3
visit, rule 'wells': these may be the same
  uuid:deep uuid:same
'bayaz review' says what a person found, 'bayaz link' that two records are one
$ bayaz findings visit --store a.db --rule wells --json
{"findings":[{"form":"visit","kind":"duplicate","open":true,"part":"uuid:deep","record":"uuid:deep","rule":"wells"},{"form":"visit","kind":"duplicate","open":true,"part":"uuid:deep","record":"uuid:same","rule":"wells"}],"idle":[]}
$ sqlite3 a.db "SELECT length(key), count(*) FROM likeness WHERE rule = 'heard' GROUP BY 1"
16|29

# What a person found closes them: a link, a review, an edit.
$ bayaz link uuid:m1 uuid:m2 --store a.db | head -1
they are one record now
$ bayaz findings --rule heard --store a.db
visit, rule 'heard': these may be the same
  uuid:deep uuid:same
  uuid:m1 uuid:m3
'bayaz review' says what a person found, 'bayaz link' that two records are one
$ bayaz link uuid:m1 uuid:m2 --undo --store a.db
they are two records again
$ bayaz review uuid:m1 uuid:m2 uuid:m3 uuid:deep --state approved --store a.db > out.txt
$ bayaz review uuid:same --state rejected --store a.db > out.txt
$ bayaz findings --store a.db
the rules found nothing
$ bayaz findings --store a.db --all --rule heard | head -3
visit, rule 'heard': these may be the same
  uuid:deep uuid:same
  uuid:m1 uuid:m2 uuid:m3
$ rec m4 m3 '<note>Ali Hussain</note>' > m4.xml; bayaz -C laptop2 import m4.xml > out.txt && bayaz -C laptop2 pack -o 4.bayaz > out.txt
$ bayaz merge 4.bayaz --store a.db > out.txt
$ sqlite3 a.db "SELECT record, open FROM bz_findings WHERE part = 'uuid:m1' ORDER BY record"
uuid:m1|0
uuid:m2|0

# A newer version of the form does not allow what an older one did.
$ sed 's/version="1"/version="2"/; s/type="int" bayaz:sensitivity="public"/type="int" constraint=". \&lt; 500 and today() \&gt; 0" bayaz:sensitivity="public"/; s/lt; 120/lt; 100/' "$TESTDIR"/settle/form.xml > form2.xml
$ printf 'form visit\nconstraints newest\n' > rules.txt
$ bayaz findings --rules rules.txt --store a.db
the rules found nothing
$ bayaz form add form2.xml
added 'visit' version '2'
$ bayaz merge 1.bayaz --store a.db > out.txt
$ bayaz findings --store a.db --all
visit, rule 'newest': the newest version of the form does not allow this answer
  uuid:deep /data/child[2]/age
  uuid:deep /data/depth
'bayaz review' says what a person found, 'bayaz link' that two records are one
$ rec deep2 deep '<depth>90</depth>' > d.xml; bayaz -C laptop2 import d.xml > out.txt && bayaz -C laptop2 pack -o 5.bayaz > out.txt
$ bayaz merge 5.bayaz --store a.db > out.txt
$ bayaz findings --store a.db
the rules found nothing
$ bayaz store dump --store a.db > one; bayaz store rebuild --store a.db && bayaz store dump --store a.db | cmp - one

# No rules any more; a key that may not review cannot say so.
$ bayaz findings --rules /dev/null --store a.db
there are no rules: 'bayaz findings --rules FILE' declares them
$ bayaz -C laptop1 findings --rules /dev/null --store a.db
bayaz: {{.*}}
[1]
