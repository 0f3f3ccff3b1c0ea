# Taking what the coordinator sent; see send.t for what there is.
$ bayaz receive
{{.*}}something is missing after 'receive'
...
[2]
$ bayaz receive nowhere.bayaz
bayaz: there is no workspace in '{{.*}}'{{.*}}
[1]
$ bayaz init --no-passphrase > said
$ bayaz receive nowhere.bayaz
bayaz: this workspace has no keys of its own yet: take a kit with 'bayaz join'
[1]
$ bayaz -C centre project new Pilot --no-passphrase > paper 2>&1
$ cat > form.xml <<END
> <?xml version="1.0"?>
> <h:html xmlns="http://www.w3.org/2002/xforms"
>  xmlns:h="http://www.w3.org/1999/xhtml">
>  <h:head><h:title>Wells</h:title>
>   <model>
>    <instance><data id="wells" version="1"><depth/></data></instance>
>    <bind nodeset="/data/depth" type="int"/>
>   </model>
>  </h:head>
>  <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
> </h:html>
> END
$ bayaz -C centre project kit -o kit.bayaz form.xml --words-file words > said
$ bayaz join kit.bayaz --words-file words > said
$ bayaz receive nowhere.bayaz
bayaz: nowhere.bayaz: {{.*}}
[1]
$ bayaz receive nowhere.bayaz --json 2> said
{"files":[{"code":"io","file":"nowhere.bayaz","outcome":"refused","reason":"{{.*}}"}]}
[1]
