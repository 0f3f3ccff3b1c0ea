# A form with more questions than a table has columns.
@file make.py
GROUPS, EACH = 7, 600       # 4,200 questions
names = [["g%d" % g, ["q%d_%d" % (g, i) for i in range(EACH)]]
         for g in range(GROUPS)]
tag = "restricted"
print("""<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wide</h:title><model><instance>
<data id="wide" version="1" bayaz:class="standard">""")
for group, questions in names:
    print("<%s>%s</%s>" % (group, "".join("<%s/>" % q for q in questions), group))
print("<meta><instanceID/></meta></data></instance>")
for group, questions in names:
    for q in questions:
        print('<bind nodeset="/data/%s/%s" type="string" bayaz:sensitivity="%s"/>'
              % (group, q, "restricted" if q.startswith("q6") else "public"))
print("</model></h:head><h:body>")
for group, questions in names:
    print('<group ref="/data/%s"><label>%s</label>' % (group, group))
    for q in questions:
        print('<select ref="/data/%s/%s"><label>%s</label><item><label>Yes %s'
              '</label><value>y</value></item></select>' % (group, q, q, q))
    print("</group>")
print("</h:body></h:html>")
with open("a.xml", "w") as file:
    file.write('<data id="wide" version="1">')
    for group, questions in names:
        file.write("<%s>" % group)
        for q in questions:
            file.write("<%s>y n</%s>" % (q, q))
        file.write("</%s>" % group)
    file.write("<meta><instanceID>uuid:a</instanceID></meta></data>")
@end
$ python3 make.py > form.xml && sed 's/id="wide"/id="wide_2"/' form.xml > form2.xml
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --form form2.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said

# Groups at the top of the form stay together; what is restricted stands apart.
$ bayaz sql "SELECT table_name, substr(path, 1, 2) AS g, count(*) AS n, sum(sensitivity = 'public') AS public FROM bz_codebook JOIN bz_codebook_path USING (table_name, column_name) WHERE form = 'wide' GROUP BY 1, 2" --store a.db
table_name,g,n,public
bz_wide,g0,600,600
bz_wide,g1,600,600
bz_wide__2,g2,600,600
bz_wide__2,g3,600,600
bz_wide__3,g4,600,600
bz_wide__3,g5,600,600
bz_wide__restricted,g6,600,0

# Another form may be called as a part would be.
$ bayaz sql "SELECT DISTINCT table_name FROM bz_codebook WHERE form = 'wide_2'" --store a.db
table_name
bz_wide_2
bz_wide_2__2
bz_wide_2__3
bz_wide_2__restricted

# Parts of a table join by their keys, and have views with labels.
$ bayaz sql 'SELECT a.bz_record, a.q0_0, b.q3_599, c.q5_1 FROM bz_wide a JOIN bz_wide__2 b USING (bz_id) JOIN bz_wide__3 c USING (bz_id)' --store a.db
bz_record,q0_0,q3_599,q5_1
uuid:a,y n,y n,y n
$ bayaz sql 'SELECT bz_record, q3_599, q2_0 FROM bz_wide__2_labels' --store a.db
bz_record,q3_599,q2_0
uuid:a,Yes q3_599; n,Yes q2_0; n
$ bayaz sql 'SELECT * FROM bz_wide__3_labels' --store a.db | tail -1 | tr , '\n' | grep -c '^Yes q[45]_[0-9]*; n$'
1200
$ bayaz export wide --store a.db 2>&1 | tail -1 | tr , '\n' | grep -c '^y n$'
3600
$ bayaz store dump --store a.db > one.dump && bayaz store rebuild --store a.db && bayaz store dump --store a.db | cmp - one.dump
