$ printf '{"id":1,"op":"hello"}\n' | bayaz engine
{"id":1,"result":{"engine":"bayaz","version":"{{[0-9.]+}}","protocol":1}}

# Whatever comes in, a line comes out, and the engine goes on.
$ printf '\n{"id":[2]\nnull\n"x"\n{"id":{"a":1},"op":"dance"}\n{"op":7}\n' | bayaz engine
{"id":null,"error":{"code":"request",{{.*}}}}
{"id":null,"error":{"code":"request","message":"a request is a JSON object"}}
{"id":null,"error":{"code":"request","message":"a request is a JSON object"}}
{"id":{"a":1},"error":{"code":"request","message":"there is no op 'dance'"}}
{"id":null,"error":{"code":"request","message":"'op' is missing"}}
$ printf '{"op":"nodes","record":1}\n{"op":"close","form":9}\n' | bayaz engine
{"id":null,"error":{"code":"handle","message":"there is no such record"}}
{"id":null,"error":{"code":"handle","message":"there is no such form"}}

# An expression needs no form and no record, only a document.
@file asks.json
{"op":"xpath","xml":"<a><b/>x</a>","expression":"/a/node()"}
{"op":"xpath","xml":"<a><b/>x</a>","context":"/*[1]/text()[1]","expression":"name(..)"}
{"op":"xpath","xml":"<a xmlns='u'/>","namespaces":{"q":"u"},"expression":"count(/q:a)"}
{"op":"xpath","xml":"<a xmlns='u'/>","namespaces":{"":""},"expression":"count(/a)"}
{"op":"xpath","xml":"<a/>","expression":"1 div 0"}
{"op":"xpath","xml":"<a/>","expression":"/a","as":"boolean"}
{"op":"xpath","xml":"<a/>","expression":"1","as":"nodeset"}
{"op":"xpath","xml":"<a/>","expression":"1 +"}
{"op":"xpath","expression":"1"}
@end
$ bayaz engine < asks.json
{"id":null,"result":{"type":"nodeset","value":[{"ref":"/*[1]/*[1]","name":"b","value":""},{"ref":"/*[1]/text()[1]","name":"","value":"x"}]}}
{"id":null,"result":{"type":"string","value":"a"}}
{"id":null,"result":{"type":"number","value":1}}
{"id":null,"result":{"type":"number","value":0}}
{"id":null,"result":{"type":"number","value":"Infinity"}}
{"id":null,"result":{"type":"boolean","value":true}}
{"id":null,"error":{"code":"xpath",{{.*}}"expression":"1"}}
{"id":null,"error":{"code":"xpath",{{.*}}"column":4,"expression":"1 +"}}
{"id":null,"error":{"code":"request",{{.*}}}}

# Answers leave in plain text: protected forms only for training.
@file protected.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>P</h:title><model>
<instance><data id="p" bayaz:class="protected"><a/></data></instance>
</model></h:head>
<h:body><input ref="/data/a"><label>A</label></input></h:body></h:html>
@end
$ printf '{"id":1,"op":"open","path":"protected.xml"}\n' > open.json
$ bayaz engine < open.json
{"id":1,"error":{"code":"refused","message":{{.*--training.*}}}}
$ bayaz engine --training < open.json
{"id":1,"result":{"form":1,{{.*}}}}

@require /dev/full
$ bayaz engine < open.json > /dev/full
bayaz: cannot write the output: No space left on device
[1]
$ bayaz engine now
bayaz: too many arguments for 'engine'
bayaz: try 'bayaz help engine'
[2]
