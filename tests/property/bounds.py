#!/usr/bin/env python3
"""Whatever a form holds, it opens or is refused in bounded time and memory.

Forms that ask for more than a laptop has are generated: nested without end,
entities that multiply, a million choices, an attribute that fills the disk.
Each says how it ends and how many bytes of memory a byte of it may take; more
processor time than a patient person gives is an end too.  Sizes are small;
with BAYAZ_LONG=1 they are those of an attack."""
import os
import resource
import subprocess
import sys
import tempfile

BAYAZ = os.environ["BAYAZ"]
SPAWN = os.path.join(os.environ["top_builddir"], "bench_spawn")
LONG = "BAYAZ_LONG" in os.environ
SECONDS = 300 if LONG else 60       # of processor; far above what is needed
START_BYTES = 192 << 20             # of memory, whatever the form
BYTES_PER_BYTE = 40                 # and in proportion to it
OPENS, REFUSED = 0, 1

HEAD = ('<h:html xmlns="http://www.w3.org/2002/xforms" '
        'xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title>'
        '<model>')
BODY = "</model></h:head><h:body>"
TAIL = "</h:body></h:html>"
ASK = '<input ref="/data/a"><label>A</label></input>'
cases = []


def case(small, large, ends, says=""):
    """A function of a size that gives a form and, perhaps, its files."""
    def add(function):
        cases.append((function, large if LONG else small, ends, says))
        return function
    return add


def form(nodes="<a/>", model="", body=ASK, before=""):
    return (before + HEAD + '<instance><data id="f">' + nodes
            + "</data></instance>" + model + BODY + body + TAIL)


def calculate(expression):
    return '<bind nodeset="/data/a" calculate="%s"/>' % expression


# --- nesting ---

@case(2000, 100000, REFUSED, "nested too deeply")
def elements_in_the_instance(n):
    return form("<a>" * n + "</a>" * n)


@case(2000, 100000, REFUSED, "nested too deeply")
def groups_in_the_body(n):
    return form(body="<group>" * n + ASK + "</group>" * n)


@case(300, 400, OPENS)
def groups_as_deep_as_is_allowed(n):
    return form(body="<group>" * n + ASK + "</group>" * n)


@case(2000, 100000, REFUSED, "nested too deeply")
def parentheses(n):
    return form(model=calculate("(" * n + "1" + ")" * n))


@case(2000, 100000, REFUSED, "nested too deeply")
def calls(n):
    return form(model=calculate("not(" * n + "1" + ")" * n))


@case(2000, 100000, REFUSED, "nested too deeply")
def predicates(n):
    return form(model=calculate("/data/b[" * n + "1" + "]" * n))


@case(2000, 100000, OPENS)
def signs(n):
    return form(model=calculate("-" * n + "1"))


@case(5000, 100000, OPENS)
def terms(n):
    return form(model=calculate("1" + " + 1" * n))


@case(600, 100000, OPENS)
def steps_upwards(n):
    return form(model=calculate("../" * n + "a"))


# --- entities ---

def doctype(declarations):
    return "<!DOCTYPE html [%s]>" % declarations


@case(8, 30, REFUSED, "entity declarations are not allowed")
def a_billion_laughs(n):
    lines = ['<!ENTITY e0 "ha">']
    for i in range(n):
        lines.append('<!ENTITY e%d "%s">' % (i + 1, "&e%d;" % i * 10))
    return form("<a>&e%d;</a>" % n, before=doctype("".join(lines)))


@case(1, 1, REFUSED, "entity declarations are not allowed")
def an_external_entity(_):
    return form("<a>&e;</a>", before=doctype(
        '<!ENTITY e SYSTEM "file:///etc/passwd">'))


@case(1, 1, REFUSED, "entity declarations are not allowed")
def an_external_parameter_entity(_):
    return form(before=doctype(
        '<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;'))


@case(1, 1, OPENS)
def an_external_subset_is_not_read(_):
    return form(before='<!DOCTYPE html SYSTEM "file:///nowhere/x.dtd">')


@case(1, 1, OPENS)      # JavaRosa takes it as text
def an_unknown_entity(_):
    return form("<a>&e;</a>")


# --- many ---

@case(20000, 1000000, OPENS)
def choices_in_a_control(n):
    items = "".join("<item><label>%d</label><value>%d</value></item>" % (i, i)
                    for i in range(n))
    return form(body='<select1 ref="/data/a">%s</select1>' % items)


ITEMSET = ('<select1 ref="/data/a"><itemset nodeset="instance(\'l\')/root/item">'
           '<value ref="n"/><label ref="n"/></itemset></select1>')


@case(20000, 1000000, OPENS)
def choices_in_an_instance(n):
    items = "".join("<item><n>%d</n></item>" % i for i in range(n))
    return form(model='<instance id="l"><root>%s</root></instance>' % items,
                body=ITEMSET)


@case(20000, 1000000, OPENS)
def choices_in_a_file(n):
    rows = "n,x\n" + "".join("%d,%d\n" % (i, i % 7) for i in range(n))
    return (form(model='<instance id="l" src="jr://file-csv/l.csv"/>',
                 body=ITEMSET), {"l.csv": rows})


@case(20000, 1000000, OPENS)
def choices_in_a_file_of_xml(n):
    rows = "".join("<item><n>%d</n></item>" % i for i in range(n))
    return (form(model='<instance id="l" src="jr://file/l.xml"/>',
                 body=ITEMSET), {"l.xml": "<root>%s</root>" % rows})


@case(5000, 1000000, REFUSED, "columns")
def columns_in_a_file(n):
    rows = ",".join("c%d" % i for i in range(n)) + "\n"
    return (form(model='<instance id="l" src="jr://file-csv/l.csv"/>',
                 body=ITEMSET), {"l.csv": rows})


@case(20000, 1000000, OPENS)
def nodes_of_one_name(n):
    return form("<a/>" + "<b/>" * n)


@case(20000, 200000, OPENS)
def nodes_of_many_names(n):
    return form("<a/>" + "".join("<b%d/>" % i for i in range(n)))


@case(20000, 500000, OPENS)
def binds_of_one_node(n):
    return form(model='<bind nodeset="/data/a"/>' * n)


@case(20000, 500000, OPENS)
def controls_of_one_node(n):
    return form(body=ASK * n)


@case(6000, 1000000, REFUSED, "attributes")
def attributes(n):
    return form("<a %s/>" % " ".join('b%d=""' % i for i in range(n)))


@case(6000, 1000000, REFUSED, "attributes")
def namespaces(n):
    return form("<a %s/>" % " ".join('xmlns:b%d="u"' % i for i in range(n)))


@case(2000, 50000, REFUSED, "languages")
def languages(n):
    texts = "".join('<text id="t%d"><value>x</value></text>' % i
                    for i in range(2000))
    return form(model='<itext><translation lang="x">%s</translation>%s</itext>'
                % (texts, "".join('<translation lang="l%d"/>' % i
                                  for i in range(n))))


@case(10000, 200000, REFUSED)
def mistakes(n):
    return form(body='<input ref="/data/nowhere"/>' * n)


@case(4000, 20000, REFUSED, "read too many nodes")
def everything_reads_everything(n):
    return form("".join("<b%d/>" % i for i in range(n)) + "<a/>",
                "".join('<bind nodeset="/data/b%d" constraint="sum(//*) '
                        '&gt; 1"/>' % i for i in range(n)))


# --- large ---

@case(1 << 20, 100 << 20, OPENS)
def an_attribute(n):
    return form('<a b="%s"/>' % ("x" * n))


@case(1 << 20, 100 << 20, OPENS)
def a_text(n):
    return form("<a>%s</a>" % ("x" * n))


@case(1 << 20, 100 << 20, REFUSED)
def a_name_in_an_expression(n):
    return form(model=calculate("(" + "x" * n))


@case(1 << 20, 100 << 20, OPENS)
def a_literal(n):
    return form(model=calculate("'" + "x" * n + "'"))


@case(1 << 20, 100 << 20, OPENS)
def a_comment(n):
    return form("<a/><!--%s-->" % ("x" * n))


@case(1 << 20, 100 << 20, OPENS)
def white_space(n):
    return form("<a/>" + " " * n)


@case(1 << 20, 100 << 20, OPENS)
def a_label(n):
    return form(body='<input ref="/data/a"><label>%s</label></input>'
                % ("x" * n))


@case(257, 257, REFUSED, "larger than")
def more_than_a_form_may_have(n):
    if not LONG:
        return None
    return form("<a/><!--%s-->" % ("x" * (n << 20)))


@case(1, 1, REFUSED, "too large")
def instances_without_number(_):
    inner = "".join("<f%d/>" % i for i in range(200))
    return form('<a/><n>1000000</n><r jr:template="">%s</r>' % inner,
                body=ASK + '<group ref="/data/r"><repeat nodeset="/data/r" '
                'jr:count="/data/n"><input ref="/data/r/f0"><label>F</label>'
                '</input></repeat></group>')


@case(1, 1, REFUSED, "too large")
def instances_within_instances(_):
    return form('<a/><n>1000</n><r jr:template=""><s jr:template=""><t '
                'jr:template=""><f/></t></s></r>',
                body=ASK + "".join(
                    '<group><repeat nodeset="%s" jr:count="/data/n">' % path
                    for path in ("/data/r", "/data/r/s", "/data/r/s/t"))
                + '<input ref="/data/r/s/t/f"><label>F</label></input>'
                + "</repeat></group>" * 3)


# --- the run ---

def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 10))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def is_instrumented():
    """Sanitizers take memory of their own."""
    with open(BAYAZ, "rb") as program:
        return b"__asan_init" in program.read()


def run(work, function, n, ends, says, is_bounded):
    made = function(n)
    if made is None:
        return None
    text, files = made if isinstance(made, tuple) else (made, {})
    files = dict(files, **{"form.xml": text})
    for name, content in files.items():
        with open(os.path.join(work, name), "w", encoding="utf-8") as file:
            file.write(content)
    path = os.path.join(work, "form.xml")
    size = sum(os.path.getsize(os.path.join(work, name)) for name in files)
    done = subprocess.run([BAYAZ, "check", path], preexec_fn=limit_time,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    out = done.stdout.decode("utf-8", "replace")
    cost = subprocess.run([SPAWN, BAYAZ, "check", path], check=True,
                          preexec_fn=limit_time,
                          stdout=subprocess.PIPE).stdout.split()
    for name in files:
        os.remove(os.path.join(work, name))
    took = int(cost[2]) * 1024
    print("%-36s %9d: %9d bytes, %6.2f s, %4d MB, exit status %d" % (
        function.__name__, n, size, float(cost[1]), took >> 20,
        done.returncode))
    if done.returncode != ends:
        return "exit status %d, not %d: %s" % (done.returncode, ends,
                                               out[-500:])
    if says not in out:
        return "does not say '%s': %s" % (says, out[-500:])
    if "root:" in out:
        return "tells what is in another file: %s" % out[-500:]
    if len(out) > (1 << 20) + 2 * size:
        return "says %d bytes about %d" % (len(out), size)
    if is_bounded and took > START_BYTES + BYTES_PER_BYTE * size:
        return "takes %d bytes of memory for a form of %d" % (took, size)
    return None


def main():
    wrong = 0
    wanted = sys.argv[1:]
    is_bounded = not is_instrumented()
    with tempfile.TemporaryDirectory() as work:
        for function, n, ends, says in cases:
            if wanted and function.__name__ not in wanted:
                continue
            said = run(work, function, n, ends, says, is_bounded)
            if said is not None:
                print("FAIL: %s of %d: %s" % (function.__name__, n, said))
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
